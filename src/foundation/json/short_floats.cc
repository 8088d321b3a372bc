#include "foundation/json/short_floats.h"

#include <array>
#include <bit>
#include <cstring>

namespace moorage::json {

namespace {

// Powers of ten that a double holds exactly. A mantissa of at most 15 digits divided by one of them
// is correctly rounded (W. Clinger, How to read floating point numbers accurately).
constexpr std::array<double, 9> kExactPowersOfTen = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
constexpr std::array<std::uint64_t, 9> kWholePowersOfTen = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

// Eight bytes of text in one word, the first in the lowest place, because the machines that we
// build for are little-endian. A digit becomes 0 to 9, any other byte more.
std::uint64_t ReadWord(const char* text) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof(word));
  return word ^ 0x3030303030303030;
}

// The highest bit of each byte that is no digit. A carry can only disturb bytes behind the first
// byte that is not ASCII.
std::uint64_t OthersIn(std::uint64_t word) {
  return ((word + 0x7676767676767676) | word) & 0x8080808080808080;
}

// The bytes before the first of `others`, or 8 if there are none.
std::size_t DigitsBefore(std::uint64_t others) {
  return static_cast<unsigned>(std::countr_zero(others)) / 8;
}

// The number of eight digits without a loop (D. Lemire, Quickly parsing eight digits). The first is
// in the lowest byte, so fewer digits stand in the upper bytes with zeros below.
std::uint64_t NumberOf(std::uint64_t digits) {
  digits = digits * 10 + (digits >> 8);  // pairs of digits, in bytes 0, 2, 4, 6
  // The multipliers are 100 + (10^6 << 32) and 1 + (10^4 << 32). The upper halves of the products
  // add up to the number.
  const std::uint64_t high = (digits & 0x000000FF000000FF) * 0x000F424000000064;
  const std::uint64_t low = ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001;
  return (high + low) >> 32;
}

float Scaled(std::uint64_t mantissa, std::size_t places, bool negative) {
  const double value =
      static_cast<double>(static_cast<std::int64_t>(mantissa)) / kExactPowersOfTen[places];
  return static_cast<float>(negative ? -value : value);
}

// Reads a number with a point out of one word, if it has at most eight bytes behind the sign, such
// as "0.008347". Most numbers are of this kind. Returns the place behind the digits in the word, or
// null.
template <bool kNegative>
const char* ReadOneWord(const char* at, float& out) {
  const std::uint64_t word = ReadWord(at);
  const std::uint64_t others = OthersIn(word);
  if (others == 0) return nullptr;
  const std::size_t whole = DigitsBefore(others);
  if (whole == 0 || at[whole] != '.') return nullptr;
  const bool begins_with_zero = (word & 0xFF) == 0;
  if (whole > 1 && begins_with_zero) return nullptr;
  const std::size_t length = DigitsBefore(others & (others - 1));
  const std::size_t places = length - whole - 1;
  if (places == 0) return nullptr;
  // Closes the gap of the point. The mask holds the bytes before it.
  const std::uint64_t before = (others ^ (others - 1)) >> 8;
  const std::uint64_t moved = word >> 8;
  const std::uint64_t digits = moved ^ ((moved ^ word) & before);
  out = Scaled(NumberOf(digits << (8 * (9 - length))), places, kNegative);
  return at + length;
}

// Digits at the front of a text.
struct Digits {
  std::size_t count = 0;  // 0 to 8
  std::uint64_t value = 0;
};

Digits ReadEightDigits(const char* text) {
  const std::uint64_t word = ReadWord(text);
  const std::uint64_t others = OthersIn(word);
  const std::size_t count = DigitsBefore(others);
  if (count == 0) return {};
  return {count, NumberOf(word << (8 * (8 - count)))};
}

// Reads any other short number. Returns null for a long one and for a mistake, which ScanNumber()
// names.
const char* ReadTwoWords(const char* at, float& out) {
  const bool negative = *at == '-';
  if (negative) ++at;
  const Digits whole = ReadEightDigits(at);
  if (whole.count == 0 || whole.count > 7 || (whole.count > 1 && *at == '0')) return nullptr;
  at += whole.count;
  if (*at != '.') {
    // Negates before the conversion, because the integer -0 is 0.
    const auto integer = static_cast<std::int64_t>(whole.value);
    out = static_cast<float>(negative ? -integer : integer);
    return at;
  }
  const Digits fraction = ReadEightDigits(++at);
  if (fraction.count == 0) return nullptr;
  const std::uint64_t mantissa = whole.value * kWholePowersOfTen[fraction.count] + fraction.value;
  out = Scaled(mantissa, fraction.count, negative);
  return at + fraction.count;
}

bool IsFollowed(const char* end) { return *end == ',' || *end == ']'; }

// Reads a number that does not end where ReadOneWord<false>() found its end. Returns null for what
// ScanNumber() is to read anew, which is one with an exponent or a ninth digit too.
const char* ReadOther(const char* at, float& out) {
  const char* end = *at == '-' ? ReadOneWord<true>(at + 1, out) : nullptr;
  if (end == nullptr || !IsFollowed(end)) end = ReadTwoWords(at, out);
  return end != nullptr && IsFollowed(end) ? end : nullptr;
}

// Elements of an array from `begin` on, the comma before each included unless it is the first.
struct ShortFloatText {
  const char* begin;
  const char* safe_end;  // 32 bytes may be read from anywhere before it
  bool first;
};

ScannedFloats ReadShort(const ShortFloatText& text, float* out, std::size_t capacity) {
  std::size_t count = 0;
  const char* done = text.begin;  // behind the last element
  const char* at = done;
  if (!text.first && *at++ != ',') return {count, done};
  if (*at == ' ') ++at;
  while (count < capacity && done < text.safe_end) {
    const char* end = ReadOneWord<false>(at, out[count]);
    if (end == nullptr || *end != ',') {
      end = ReadOther(at, out[count]);
      if (end == nullptr) break;
      if (*end == ']') return {count + 1, end};
    }
    ++count;
    done = end;
    at = end[1] == ' ' ? end + 2 : end + 1;
  }
  return {count, done};
}

}  // namespace

ScannedFloats ScanShortFloats(std::string_view text, ArrayPlace place, float* out,
                              std::size_t capacity) {
  // No element that ReadShort() accepts is longer, so one look at the end before each is enough.
  constexpr std::size_t kRoom = 32;
  const char* at = text.data();
  const char* const end = at + text.size();
  bool first = place == ArrayPlace::kAtFirstElement;
  std::size_t count = 0;
  if (text.size() > kRoom) {
    const ScannedFloats read = ReadShort({at, end - kRoom, first}, out, capacity);
    at = read.end;
    first = first && read.count == 0;
    count = read.count;
  }
  // More is left only where ReadShort() met an unusual element or filled `out`.
  const auto left = static_cast<std::size_t>(end - at);
  if (count < capacity && left > 0 && left <= kRoom + 1) {
    // The last few elements are copied, so that ReadShort() may read behind them. The zeros there
    // end any number.
    std::array<char, 2 * kRoom + 2> copy{};
    std::memcpy(copy.data(), at, left);
    const ScannedFloats read =
        ReadShort({copy.data(), copy.data() + left, first}, out + count, capacity - count);
    at += read.end - copy.data();
    count += read.count;
  }
  return {count, at};
}

}  // namespace moorage::json
