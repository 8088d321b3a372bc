#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace moorage::base {

// The number that the whole of `text` spells, in the forms of std::from_chars: decimal without
// blanks or a leading "+"; a fraction, an exponent, "inf" and "nan" only for floating point.
// Nothing if anything is left over or the type does not hold it.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace moorage::base
