#include "edge/api/json_cursor.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

namespace moorage::api {

namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Powers of ten that a double holds exactly; with a mantissa below 2^53 one multiplication or
// division is then correctly rounded (W. Clinger, How to read floating point numbers accurately).
constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactMantissa = std::uint64_t{1} << 53;
constexpr int kSafeDigits = 19;  // any number of so many decimal digits fits 64 bits

constexpr std::array<std::uint64_t, 9> kIntegerPowersOfTen = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

struct Digits {
  std::size_t count = 0;  // 0 to 8
  std::uint64_t value = 0;
};

// The digits at the front of the next eight bytes, without a loop: all bytes at once in one word,
// the first byte in the lowest place (the word is little-endian, like the machines that we build
// for).
Digits ReadEightDigits(const char* text) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof(word));
  word ^= 0x3030303030303030;  // a digit becomes 0 to 9, anything else more
  // The highest bit of each byte above 9; a carry can only disturb bytes behind the first of them.
  const std::uint64_t other = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
  const auto count = static_cast<std::size_t>(std::countr_zero(other)) / 8;
  if (count == 0) return {};
  word <<= (8 - count) * 8;        // leading zeros do no harm
  word = word * 10 + (word >> 8);  // pairs of digits, in bytes 0, 2, 4, 6
  const std::uint64_t high = (word & 0x000000FF000000FF) * 0x000F424000000064;
  const std::uint64_t low = ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001;
  return {count, (high + low) >> 32};
}

// True if the exponent of a number's text, or the place of its first digit, makes it small: then a
// conversion that is out of range has underflowed.
bool IsTiny(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return text[exponent + 1] == '-';
  return true;  // without an exponent only a long "0.000…" is out of a double's range downwards
}

}  // namespace

JsonCursor::Type JsonCursor::Peek() {
  if (failed()) return Type::kNothing;
  SkipSpace();
  if (at_ == end_) return Type::kNothing;
  switch (*at_) {
    case '{':
      return Type::kObject;
    case '[':
      return Type::kArray;
    case '"':
      return Type::kString;
    case 't':
    case 'f':
      return Type::kBoolean;
    case 'n':
      return Type::kNull;
    default:
      if (*at_ == '-' || IsDigit(*at_)) return Type::kNumber;
      if (words_ && (*at_ == 'N' || *at_ == 'I')) return Type::kNumber;
      Fail("a value cannot begin here");
      return Type::kNothing;
  }
}

bool JsonCursor::Enter(char bracket, const char* problem) {
  if (failed()) return false;
  SkipSpace();
  if (at_ == end_ || *at_ != bracket) return Fail(problem);
  if (depth_ == kMaxDepth) return Fail("nested too deeply");
  ++at_;
  ++depth_;
  first_ = true;
  return true;
}

// Between two elements: true if another one comes.
bool JsonCursor::Next(char closing, const char* problem) {
  if (failed()) return false;
  SkipSpace();
  if (at_ == end_) return Fail("the text ends too early");
  if (*at_ == closing) {
    ++at_;
    --depth_;
    first_ = false;
    return false;
  }
  if (first_) {
    first_ = false;
    return true;
  }
  if (*at_ != ',') return Fail(problem);
  ++at_;
  SkipSpace();
  if (at_ != end_ && *at_ == closing) return Fail("a comma before the end");
  return true;
}

bool JsonCursor::BeginArray() { return Enter('[', "expected an array"); }
bool JsonCursor::NextElement() { return Next(']', "expected ',' or ']'"); }
bool JsonCursor::BeginObject() { return Enter('{', "expected an object"); }

bool JsonCursor::NextMember(std::string_view& name) {
  if (!Next('}', "expected ',' or '}'")) return false;
  if (at_ == end_ || *at_ != '"') return Fail("expected a member's name in quotes");
  if (!ReadString(name)) return false;
  SkipSpace();
  if (at_ == end_ || *at_ != ':') return Fail("expected ':'");
  ++at_;
  return true;
}

JsonNumber JsonCursor::ReadNumber() {
  JsonNumber number;
  if (failed()) return number;
  SkipSpace();
  const char* const start = at_;
  const char* at = at_;
  const bool negative = at != end_ && *at == '-';
  if (negative) ++at;
  if (at == end_ || !IsDigit(*at)) {
    if (words_ && ReadNonFinite(number)) return number;
    Fail(at == start ? "expected a number" : "expected a digit");
    return number;
  }
  std::uint64_t mantissa = 0;
  const char* const digits = at;
  while (at != end_ && IsDigit(*at)) mantissa = mantissa * 10 + static_cast<unsigned>(*at++ - '0');
  if (*digits == '0' && at - digits > 1) {
    Fail("a number cannot begin with 0");
    return number;
  }
  std::ptrdiff_t length = at - digits;
  if (at == end_ || (*at != '.' && *at != 'e' && *at != 'E')) {
    at_ = at;
    if (length > kSafeDigits) return LongNumber(start, true);
    if (!negative && mantissa > static_cast<std::uint64_t>(INT64_MAX)) {
      number.kind = JsonNumber::Kind::kUnsigned;
      number.unsigned_integer = mantissa;
    } else if (mantissa > (std::uint64_t{1} << 63)) {
      number.kind = JsonNumber::Kind::kTooLarge;
    } else {
      number.integer = static_cast<std::int64_t>(negative ? 0 - mantissa : mantissa);
    }
    return number;
  }
  std::ptrdiff_t scale = 0;
  if (*at == '.') {
    const char* const fraction = ++at;
    while (at != end_ && IsDigit(*at)) {
      mantissa = mantissa * 10 + static_cast<unsigned>(*at++ - '0');
    }
    scale = at - fraction;
    if (scale == 0) {
      at_ = at;
      Fail("expected a digit after '.'");
      return number;
    }
    length += scale;
  }
  bool exponent = false;
  if (at != end_ && (*at == 'e' || *at == 'E')) {
    exponent = true;
    ++at;
    if (at != end_ && (*at == '+' || *at == '-')) ++at;
    const char* const first = at;
    while (at != end_ && IsDigit(*at)) ++at;
    if (at == first) {
      at_ = at;
      Fail("expected a digit in the exponent");
      return number;
    }
  }
  at_ = at;
  if (exponent || length > kSafeDigits || mantissa >= kExactMantissa || scale > 22) {
    return LongNumber(start, false);
  }
  number.kind = JsonNumber::Kind::kDouble;
  const double value =
      static_cast<double>(mantissa) / kPowersOfTen[static_cast<std::size_t>(scale)];
  number.real = negative ? -value : value;
  return number;
}

bool JsonCursor::ReadNonFinite(JsonNumber& number) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::array<std::pair<std::string_view, double>, 3> kWords = {
      {{"NaN", std::numeric_limits<double>::quiet_NaN()},
       {"Infinity", kInfinity},
       {"-Infinity", -kInfinity}}};
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  for (const auto& [word, value] : kWords) {
    if (!rest.starts_with(word)) continue;
    at_ += word.size();
    number.kind = JsonNumber::Kind::kDouble;
    number.real = value;
    return true;
  }
  return false;
}

std::size_t JsonCursor::ReadShortFloats(float* out, std::size_t capacity) {
  constexpr std::ptrdiff_t kRoom = 32;  // no element below is longer: one check of the end for each
  const char* const safe_end = end_ - at_ > kRoom ? end_ - kRoom : at_;
  std::size_t count = 0;
  bool first = first_;
  const char* done = at_;
  while (count < capacity && done < safe_end && !failed()) {
    const char* at = done;
    if (!first && *at++ != ',') break;
    if (*at == ' ') ++at;
    const bool negative = *at == '-';
    if (negative) ++at;
    const char* const digits = at;
    std::uint64_t mantissa = 0;
    while (IsDigit(*at) && at != digits + 8) {
      mantissa = mantissa * 10 + static_cast<unsigned>(*at++ - '0');
    }
    const std::ptrdiff_t whole = at - digits;
    if (whole == 0 || whole > 7 || (whole > 1 && *digits == '0')) break;
    auto value = static_cast<double>(static_cast<std::int64_t>(mantissa));
    if (*at == '.') {
      const Digits fraction = ReadEightDigits(++at);
      if (fraction.count == 0) break;
      at += fraction.count;
      mantissa = mantissa * kIntegerPowersOfTen[fraction.count] + fraction.value;
      value =
          static_cast<double>(static_cast<std::int64_t>(mantissa)) / kPowersOfTen[fraction.count];
    }
    if (*at != ',' && *at != ']') break;
    out[count++] = static_cast<float>(negative ? -value : value);
    done = at;
    first = false;
  }
  at_ = done;
  first_ = first;
  return count;
}

// The text from `start` to here is a number by the grammar, and not one of the short ones.
JsonNumber JsonCursor::LongNumber(const char* start, bool integer) {
  JsonNumber number;
  if (integer) {
    if (std::from_chars(start, at_, number.integer).ec == std::errc()) return number;
    number.integer = 0;
    const bool fits =
        *start != '-' && std::from_chars(start, at_, number.unsigned_integer).ec == std::errc();
    number.kind = fits ? JsonNumber::Kind::kUnsigned : JsonNumber::Kind::kTooLarge;
    return number;
  }
  number.kind = JsonNumber::Kind::kDouble;
  if (std::from_chars(start, at_, number.real).ec == std::errc::result_out_of_range) {
    number.real = *start == '-' ? -0.0 : 0.0;
    if (!IsTiny({start, static_cast<std::size_t>(at_ - start)})) {
      number.kind = JsonNumber::Kind::kTooLarge;
    }
  }
  return number;
}

bool JsonCursor::ReadString(std::string_view& text) {
  text = {};
  if (failed()) return false;
  SkipSpace();
  if (at_ == end_ || *at_ != '"') return Fail("expected a string");
  const char* const start = ++at_;
  bool ascii = true;
  while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
    const auto byte = static_cast<unsigned char>(*at_);
    if (byte < 0x20) return Fail("a control character in a string");
    ascii = ascii && byte < 0x80;
    ++at_;
  }
  if (at_ == end_) return Fail("the text ends inside a string");
  if (!ascii && !CheckUtf8(start, at_)) return false;
  if (*at_ == '\\') {
    if (!ReadEscaped(start)) return false;
    text = unescaped_;
    return true;
  }
  text = {start, static_cast<std::size_t>(at_ - start)};
  ++at_;
  return true;
}

// The rest of a string from its first backslash; `start` is its first character.
bool JsonCursor::ReadEscaped(const char* start) {
  unescaped_.assign(start, at_);
  while (true) {
    const char* const from = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
      if (static_cast<unsigned char>(*at_) < 0x20) return Fail("a control character in a string");
      ++at_;
    }
    if (at_ == end_) return Fail("the text ends inside a string");
    if (!CheckUtf8(from, at_)) return false;
    unescaped_.append(from, at_);
    if (*at_++ == '"') return true;
    if (!ReadEscape()) return false;
  }
}

bool JsonCursor::ReadHex4(std::uint32_t& value) {
  if (end_ - at_ < 4) return Fail("the text ends inside a string");
  std::uint16_t unit = 0;
  const auto [stop, error] = std::from_chars(at_, at_ + 4, unit, 16);
  if (error != std::errc() || stop != at_ + 4) return Fail("expected four hexadecimal digits");
  at_ += 4;
  value = unit;
  return true;
}

// What follows a backslash.
bool JsonCursor::ReadEscape() {
  if (at_ == end_) return Fail("the text ends inside a string");
  constexpr std::string_view kShort = "\"\\/bfnrt";
  constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
  const char letter = *at_;
  if (const std::size_t known = kShort.find(letter); known != std::string_view::npos) {
    unescaped_.push_back(kMeaning[known]);
    ++at_;
    return true;
  }
  if (letter != 'u') return Fail("an unknown escape in a string");
  ++at_;
  std::uint32_t point = 0;
  if (!ReadHex4(point)) return false;
  if (point >= 0xDC00 && point <= 0xDFFF) return Fail("half of a surrogate pair");
  if (point >= 0xD800 && point <= 0xDBFF) {
    std::uint32_t low = 0;
    if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return Fail("half of a surrogate pair");
    at_ += 2;
    if (!ReadHex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return Fail("half of a surrogate pair");
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  const auto put = [this](std::uint32_t byte) { unescaped_.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else {
    if (point < 0x10000) {
      put(0xE0 | (point >> 12));
    } else {
      put(0xF0 | (point >> 18));
      put(0x80 | ((point >> 12) & 0x3F));
    }
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
  return true;
}

// Well-formed UTF-8 by table 3-7 of the Unicode standard: no overlong forms, no surrogates.
bool JsonCursor::CheckUtf8(const char* from, const char* to) {
  const auto byte = [](const char* p) { return static_cast<unsigned char>(*p); };
  while (from != to) {
    const unsigned lead = byte(from);
    if (lead < 0x80) {
      ++from;
      continue;
    }
    const int more = lead >= 0xC2 && lead <= 0xDF ? 1
                     : lead >> 4 == 0xE           ? 2
                     : lead >> 3 == 0x1E          ? 3
                                                  : 0;
    if (more == 0 || lead > 0xF4 || to - from <= more) return Fail("invalid UTF-8");
    const unsigned second = byte(from + 1);
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return Fail("invalid UTF-8");
    for (int i = 2; i <= more; ++i) {
      if ((byte(from + i) & 0xC0U) != 0x80) return Fail("invalid UTF-8");
    }
    from += more + 1;
  }
  return true;
}

bool JsonCursor::Literal(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size() ||
      std::string_view(at_, word.size()) != word) {
    return Fail("expected true, false or null");
  }
  at_ += word.size();
  return true;
}

bool JsonCursor::ReadBoolean() {
  if (Peek() != Type::kBoolean) return Fail("expected true or false");
  const bool value = *at_ == 't';
  return Literal(value ? "true" : "false") && value;
}

void JsonCursor::ReadNull() {
  if (Peek() != Type::kNull) {
    Fail("expected null");
    return;
  }
  Literal("null");
}

void JsonCursor::Skip() {
  // One bit a level: is it an object? The values inside are skipped by the same loop.
  std::uint64_t objects = 0;
  const int floor = depth_;
  std::string_view text;
  do {
    switch (Peek()) {
      case Type::kArray:
        BeginArray();
        objects <<= 1;
        break;
      case Type::kObject:
        BeginObject();
        objects = (objects << 1) | 1U;
        break;
      case Type::kString:
        ReadString(text);
        break;
      case Type::kNumber:
        ReadNumber();
        break;
      case Type::kBoolean:
        ReadBoolean();
        break;
      case Type::kNull:
        ReadNull();
        break;
      case Type::kNothing:
        Fail("expected a value");
        return;
    }
    // Go on to the next value of the innermost container, leaving those that are over.
    while (depth_ > floor && !failed()) {
      const bool object = (objects & 1U) != 0;
      if (object ? NextMember(text) : NextElement()) break;
      objects >>= 1;
    }
  } while (depth_ > floor && !failed());
}

bool JsonCursor::AtEnd() {
  if (failed()) return false;
  SkipSpace();
  if (at_ == end_) return true;
  return Fail("text after the end of the value");
}

}  // namespace moorage::api
