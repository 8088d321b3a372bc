#include "foundation/json/json_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "foundation/base/ascii.h"
#include "foundation/base/parse_number.h"

namespace moorage::json {

namespace {

// Powers of ten that a double holds exactly. With a mantissa below 2^53 one multiplication or
// division is then correctly rounded (W. Clinger, How to read floating point numbers accurately).
constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactMantissa = std::uint64_t{1} << 53;
constexpr int kSafeDigits = 19;  // any number of so many decimal digits fits 64 bits

// True if a number's text, which is out of a double's range, is too large for it and not too small.
// Compares the place of the first digit that is not 0 with the exponent, because 0.001e3 has its
// first digit before the point.
bool IsTooLarge(std::string_view text) {
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, mark);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
  const auto place = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (mark == text.size()) return place > 0;
  std::string_view power = text.substr(mark + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto read = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (read.ec != std::errc()) return !power.starts_with('-');  // far beyond any text's length
  return exponent > -place;
}

// Reads a word that is no JSON number. A null `end` means that there is none.
ScannedNumber ScanNonFinite(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::array<std::pair<std::string_view, double>, 3> kWords = {
      {{"NaN", std::numeric_limits<double>::quiet_NaN()},
       {"Infinity", kInfinity},
       {"-Infinity", -kInfinity}}};
  for (const auto& [word, value] : kWords) {
    if (!text.starts_with(word)) continue;
    return {.number = {.kind = JsonNumber::Kind::kDouble, .real = value},
            .end = text.data() + word.size()};
  }
  return {};
}

// The whole number that the text of a finite number spells, if it is whole and fits 64 bits.
std::optional<JsonNumber> WholeNumber(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, mark);
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t last = digits.find_last_of("123456789");
  std::int64_t exponent = 0;
  if (mark != text.size()) {
    std::string_view power = text.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto read = base::ParseNumber<std::int64_t>(power);
    if (!read) return std::nullopt;
    exponent = *read;
  }
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  // The power of ten of the digit at `index`.
  const auto place = [&](std::size_t index) {
    const auto at = static_cast<std::int64_t>(index);
    return exponent + (at < point ? point - 1 - at : point - at);
  };
  constexpr std::int64_t kHighestPlace = 19;  // of 2^64
  if (place(last) < 0 || place(first) > kHighestPlace) return std::nullopt;
  std::uint64_t value = 0;
  const auto append = [&value](unsigned digit) {
    return !__builtin_mul_overflow(value, std::uint64_t{10}, &value) &&
           !__builtin_add_overflow(value, std::uint64_t{digit}, &value);
  };
  for (std::size_t i = first; i <= last; ++i) {
    if (digits[i] != '.' && !append(static_cast<unsigned>(digits[i] - '0'))) return std::nullopt;
  }
  for (std::int64_t i = place(last); i > 0; --i) {
    if (!append(0)) return std::nullopt;
  }
  constexpr auto kMostNegative = std::uint64_t{1} << 63;
  if (negative && value > kMostNegative) return std::nullopt;
  if (!negative && value >= kMostNegative) {
    return JsonNumber{.kind = JsonNumber::Kind::kUnsigned, .unsigned_integer = value};
  }
  return JsonNumber{.integer = static_cast<std::int64_t>(negative ? 0 - value : value)};
}

// Converts a number that the exact fast paths do not cover.
JsonNumber LongNumber(std::string_view text) {
  JsonNumber number{.kind = JsonNumber::Kind::kDouble};
  // std::from_chars reports a number that is too large and one that is too small alike. The latter
  // rounds to 0.
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number.real);
  if (read.ec == std::errc::result_out_of_range) {
    number.real = text.front() == '-' ? -0.0 : 0.0;
    if (IsTooLarge(text)) number.kind = JsonNumber::Kind::kTooLarge;
  }
  // From 2^53 on every double is whole, so only the text shows which number is meant.
  if (std::abs(number.real) < static_cast<double>(kExactMantissa)) return number;
  return WholeNumber(text).value_or(number);
}

ScannedNumber Mistake(const char* where, const char* problem) {
  return {.number = {}, .end = where, .problem = problem};
}

}  // namespace

ScannedNumber ScanNumber(std::string_view text, NonFiniteWords words) {
  const char* const start = text.data();
  const char* const end = start + text.size();
  const char* at = start;
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  if (at == end || !base::IsDigit(*at)) {
    if (words == NonFiniteWords::kAccept) {
      if (const ScannedNumber word = ScanNonFinite(text); word.end != nullptr) return word;
    }
    return Mistake(start, negative ? "expected a digit" : "expected a number");
  }
  // May wrap. The number of digits shows it, and the text is then read again.
  std::uint64_t mantissa = 0;
  const char* const digits = at;
  while (at != end && base::IsDigit(*at)) {
    mantissa = mantissa * 10 + static_cast<unsigned>(*at++ - '0');
  }
  if (*digits == '0' && at - digits > 1) return Mistake(start, "a number cannot begin with 0");
  std::ptrdiff_t length = at - digits;
  ScannedNumber scanned;
  JsonNumber& number = scanned.number;
  if (at == end || (*at != '.' && *at != 'e' && *at != 'E')) {
    scanned.end = at;
    constexpr std::uint64_t kMostNegative = std::uint64_t{1} << 63;
    if (length > kSafeDigits || (negative && mantissa > kMostNegative)) {
      number = LongNumber({start, at});
    } else if (!negative && mantissa > static_cast<std::uint64_t>(INT64_MAX)) {
      number.kind = JsonNumber::Kind::kUnsigned;
      number.unsigned_integer = mantissa;
    } else {
      // Negates in unsigned arithmetic, because -2^63 has no positive counterpart.
      number.integer = static_cast<std::int64_t>(negative ? 0 - mantissa : mantissa);
    }
    return scanned;
  }
  std::ptrdiff_t scale = 0;
  if (*at == '.') {
    const char* const fraction = ++at;
    while (at != end && base::IsDigit(*at)) {
      mantissa = mantissa * 10 + static_cast<unsigned>(*at++ - '0');
    }
    scale = at - fraction;
    if (scale == 0) return Mistake(at, "expected a digit after '.'");
    length += scale;
  }
  bool exponent = false;
  if (at != end && (*at == 'e' || *at == 'E')) {
    exponent = true;
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const first = at;
    while (at != end && base::IsDigit(*at)) ++at;
    if (at == first) return Mistake(at, "expected a digit in the exponent");
  }
  scanned.end = at;
  // Beyond the exact case of kPowersOfTen one division may round wrongly.
  if (exponent || length > kSafeDigits || mantissa >= kExactMantissa || scale > 22) {
    number = LongNumber({start, at});
    return scanned;
  }
  number.kind = JsonNumber::Kind::kDouble;
  const double value =
      static_cast<double>(mantissa) / kPowersOfTen[static_cast<std::size_t>(scale)];
  number.real = negative ? -value : value;
  return scanned;
}

}  // namespace moorage::json
