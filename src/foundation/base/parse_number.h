#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace moorage::base {

// Reads the number that the whole of `text` spells, in the forms of std::from_chars. That is
// decimal without blanks or a leading "+". Floating point may have a fraction or an exponent, or be
// "inf" or "nan". Nothing if anything is left over or the type does not hold it.
template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace moorage::base
