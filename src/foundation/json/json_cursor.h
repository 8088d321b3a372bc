#pragma once

// The JSON reader of the hot path. For one thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/json/json_number.h"

namespace moorage::json {

// Reads JSON (RFC 8259) from left to right without building a document. The reader of the hot path,
// for one thread.
// - It is strict about NaN, leading zeros, trailing commas, control characters, UTF-8 and
// surrogates.
// - It checks what is skipped like what is read.
// - It never recurses, and allocates only for strings with escapes.
// - It needs no padding behind the text.
//
//   JsonCursor json(body);
//   if (json.BeginArray()) while (json.NextElement()) sum += json.ReadNumber().real;
//   if (!json.AtEnd()) return Invalid(json.problem(), json.position());
//
// After the first mistake every call returns false or nothing, and problem() and position()
// describe it. A reader therefore checks once, at the end.
class JsonCursor {
 public:
  static constexpr int kMaxDepth = 64;

  enum class Type : std::uint8_t { kObject, kArray, kString, kNumber, kBoolean, kNull, kNothing };

  explicit JsonCursor(std::string_view text, NonFiniteWords words = NonFiniteWords::kRefuse)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()), words_(words) {}

  // What comes next. kNothing at the end of the text and after a mistake. A place where no value
  // can begin is a mistake.
  Type Peek();

  // Enters the value, which must be an array (object). Then call Next…() until it returns false,
  // which reads the end. Each true must be followed by reading or skipping one value.
  bool BeginArray();
  bool NextElement();
  bool BeginObject();
  // The member's name with its escapes undone, valid until the next call that reads a string.
  bool NextMember(std::string_view& name);

  // Reads the next elements of the current array into `out` as long as each is a short plain
  // decimal, and returns their number. ScanShortFloats() defines short. Leaves everything else, and
  // the end, to NextElement(). At least three times cheaper than element by element.
  std::size_t ReadShortFloats(float* out, std::size_t capacity);

  // The value must be of the type asked for. Text is valid until the next call that reads a string.
  JsonNumber ReadNumber();
  bool ReadString(std::string_view& text);
  bool ReadBoolean();
  void ReadNull();
  // Reads and checks any value.
  void Skip();

  // True if the whole text was one value and nothing was wrong.
  bool AtEnd();

  bool failed() const { return problem_ != nullptr; }
  // A sentence fragment such as "expected ',' or ']'", or null if nothing was wrong.
  const char* problem() const { return problem_; }
  // Bytes before the mistake, or before what comes next.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  // Bytes that have not been read yet.
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  // Makes the text end at `position`, which is not before this one.
  void EndAt(std::size_t position) { end_ = begin_ + position; }
  // The text from `from` (an earlier position()) to here.
  std::string_view Slice(std::size_t from) const { return {begin_ + from, position() - from}; }

 private:
  void SkipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  // Always returns false. The first problem stays, and that of the encoding comes before it.
  bool Fail(const char* problem);
  bool Enter(char bracket, const char* problem);
  bool Next(char closing, const char* problem);
  bool Literal(std::string_view word);
  bool ReadEscaped(const char* start);
  bool ReadEscape();
  bool ReadHex4(std::uint32_t& value);
  bool CheckUtf8(const char* from, const char* to);

  const char* begin_;
  const char* at_;
  const char* end_;
  NonFiniteWords words_;
  const char* problem_ = nullptr;
  int depth_ = 0;
  bool first_ = false;  // nothing of the innermost container has been read yet
  std::string unescaped_;
};

}  // namespace moorage::json
