#include "foundation/json/json_output.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "foundation/base/units.h"

namespace moorage::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// True for the bytes that stand for themselves in a JSON string.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = true;
  plain['"'] = plain['\\'] = false;
  return plain;
}();

unsigned Byte(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool IsTail(unsigned byte) { return (byte & 0xC0U) == 0x80U; }

// The length of the well-formed sequence that starts at `at` (Unicode 15, table 3-7), 0 if there is
// none.
std::size_t Utf8Length(std::string_view text, std::size_t at) {
  const unsigned first = Byte(text, at);
  const unsigned second = Byte(text, at + 1);
  if (first >= 0xC2 && first <= 0xDF) return IsTail(second) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && IsTail(Byte(text, at + 2)) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    const bool tails = IsTail(Byte(text, at + 2)) && IsTail(Byte(text, at + 3));
    return second >= low && second <= high && tails ? 4 : 0;
  }
  return 0;
}

void AppendControl(char c, ByteBuffer& out) {
  switch (c) {
    case '"':
      return out.Append("\\\"");
    case '\\':
      return out.Append("\\\\");
    case '\n':
      return out.Append("\\n");
    case '\r':
      return out.Append("\\r");
    case '\t':
      return out.Append("\\t");
    default:
      break;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out.Append("\\u00");
  out.Append(kDigits[byte >> 4U]);
  out.Append(kDigits[byte & 0xFU]);
}

template <typename T>
std::size_t Print(std::span<char> room, T value) {
  return static_cast<std::size_t>(std::to_chars(room.data(), room.data() + room.size(), value).ptr -
                                  room.data());
}

// Writes an exponent from 2^63 on, because digits alone would be an integer beyond 64 bits.
std::size_t PrintLarge(std::span<char> room, double value) {
  const auto format = std::chars_format::scientific;
  return static_cast<std::size_t>(
      std::to_chars(room.data(), room.data() + room.size(), value, format).ptr - room.data());
}

constexpr std::size_t kNumberRoom = 32;  // the longest shortest form of a double has 24 characters

}  // namespace

void AppendJsonEscaped(std::string_view text, ByteBuffer& out) {
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (kPlain[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    if (const std::size_t length = Utf8Length(text, at); length > 0) {
      at += length;
      continue;
    }
    // Copies the run that stands for itself in one piece. What follows it is one byte to escape, or
    // one that belongs to no sequence and becomes one U+FFFD.
    out.Append(text.substr(start, at - start));
    if (Byte(text, at) < 0x80) {
      AppendControl(text[at], out);
    } else {
      out.Append(kReplacement);
    }
    start = ++at;
  }
  out.Append(text.substr(start));
}

JsonOutput& JsonOutput::Key(std::string_view name) {
  String(name);
  buffer_.Append(':');
  comma_ = false;
  return *this;
}

JsonOutput& JsonOutput::String(std::string_view text) {
  Comma();
  buffer_.Append('"');
  AppendJsonEscaped(text, buffer_);
  buffer_.Append('"');
  comma_ = true;
  return *this;
}

JsonOutput& JsonOutput::Integer(std::int64_t value) {
  Comma();
  buffer_.Commit(Print(buffer_.Room(kNumberRoom), value));
  comma_ = true;
  return *this;
}

JsonOutput& JsonOutput::Unsigned(std::uint64_t value) {
  Comma();
  buffer_.Commit(Print(buffer_.Room(kNumberRoom), value));
  comma_ = true;
  return *this;
}

JsonOutput& JsonOutput::Number(double value) {
  if (!std::isfinite(value)) return Null();
  Comma();
  const std::span<char> room = buffer_.Room(kNumberRoom);
  buffer_.Commit(std::abs(value) < 0x1p63 ? Print(room, value) : PrintLarge(room, value));
  comma_ = true;
  return *this;
}

JsonOutput& JsonOutput::Number(float value) {
  if (!std::isfinite(value)) return Null();
  Comma();
  // A float has at most 9 digits, so std::to_chars writes an exponent from 2^63 on by itself.
  buffer_.Commit(Print(buffer_.Room(kNumberRoom), value));
  comma_ = true;
  return *this;
}

JsonOutput& JsonOutput::Time(base::Time time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::int64_t count = second.time_since_epoch().count();
  if (count != second_) {
    const std::string text = base::FormatTime(second);
    // The text of a year beyond 9999 is longer than the memory for it.
    if (text.size() + 2 != sizeof(time_)) return String(text);
    time_[0] = time_[sizeof(time_) - 1] = '"';
    std::memcpy(time_ + 1, text.data(), text.size());
    second_ = count;
  }
  const auto milliseconds = static_cast<unsigned>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time - second).count());
  // The digits follow the opening quote and "2026-01-27T01:08:12.".
  time_[21] = static_cast<char>('0' + milliseconds / 100);
  time_[22] = static_cast<char>('0' + milliseconds / 10 % 10);
  time_[23] = static_cast<char>('0' + milliseconds % 10);
  return Raw({time_, sizeof(time_)});
}

}  // namespace moorage::json
