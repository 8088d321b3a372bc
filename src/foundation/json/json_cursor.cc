#include "foundation/json/json_cursor.h"

#include <charconv>
#include <system_error>

#include "foundation/base/ascii.h"
#include "foundation/json/foreign_word.h"
#include "foundation/json/short_floats.h"
#include "foundation/json/text_encoding.h"

namespace moorage::json {

bool JsonCursor::Fail(const char* problem) {
  if (problem_ != nullptr) return false;
  problem_ = EncodingProblem({begin_, end_});
  if (problem_ == nullptr) problem_ = ForeignWordProblem({at_, remaining()});
  if (problem_ == nullptr) problem_ = problem;
  return false;
}

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
      if (*at_ == '-' || base::IsDigit(*at_)) return Type::kNumber;
      if (words_ == NonFiniteWords::kAccept && (*at_ == 'N' || *at_ == 'I')) return Type::kNumber;
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

// Called before the first element and between two. Returns true if another one comes.
bool JsonCursor::Next(char closing, const char* problem) {
  if (failed()) return false;
  SkipSpace();
  if (at_ == end_) return Fail("the text ends too early");
  if (*at_ == closing) {
    ++at_;
    --depth_;
    // The closed container is an element of the one around it, which now has read something.
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

bool JsonCursor::ReadString(std::string_view& text) {
  text = {};
  if (failed()) return false;
  SkipSpace();
  if (at_ == end_ || *at_ != '"') return Fail("expected a string");
  // A string without escapes is a view of the text. Only one with bytes from 0x80 on is decoded,
  // because feature names are nearly always ASCII.
  const char* const start = ++at_;
  unsigned all = 0;  // the bits of all bytes
  // A local place stays in a register. A member would be written before each read of the text,
  // which might be that of the member.
  const char* at = start;
  const char* const end = end_;
  while (at != end && *at != '"' && *at != '\\') {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte < 0x20) {
      at_ = at;
      return Fail("a control character in a string");
    }
    all |= byte;
    ++at;
  }
  at_ = at;
  const bool ascii = all < 0x80;
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

// Reads the rest of a string from its first backslash. `start` is its first character.
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
  // A character above U+FFFF is written as two escapes, a UTF-16 surrogate pair (RFC 8259 section
  // 7). A half alone has no form in UTF-8.
  if (point >= 0xDC00 && point <= 0xDFFF) return Fail("half of a surrogate pair");
  if (point >= 0xD800 && point <= 0xDBFF) {
    std::uint32_t low = 0;
    if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return Fail("half of a surrogate pair");
    at_ += 2;
    if (!ReadHex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return Fail("half of a surrogate pair");
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  // Encodes the code point as UTF-8 (RFC 3629).
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

// Checks UTF-8 by table 3-7 of the Unicode standard, which has no overlong forms and no surrogates.
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

JsonNumber JsonCursor::ReadNumber() {
  if (failed()) return {};
  SkipSpace();
  const ScannedNumber scanned = ScanNumber({at_, remaining()}, words_);
  if (scanned.problem != nullptr && ForeignWordProblem({at_, remaining()}) != nullptr) {
    Fail(scanned.problem);
    return {};
  }
  at_ = scanned.end;
  problem_ = scanned.problem;
  return scanned.number;
}

std::size_t JsonCursor::ReadShortFloats(float* out, std::size_t capacity) {
  if (failed()) return 0;
  const ArrayPlace place = first_ ? ArrayPlace::kAtFirstElement : ArrayPlace::kBehindElement;
  const ScannedFloats scanned = ScanShortFloats({at_, remaining()}, place, out, capacity);
  at_ = scanned.end;
  first_ = first_ && scanned.count == 0;
  return scanned.count;
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
  // Walks with a stack of its own in place of recursion, so hostile nesting cannot exhaust the
  // thread's. Each level is one bit, set for an object. The word has room for kMaxDepth levels.
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
    // Goes to the next value of the innermost container, and leaves those that have ended.
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

}  // namespace moorage::json
