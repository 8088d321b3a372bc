#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace moorage::json {

// A JSON number as it was written: integers stay integers, so that whoever stores them can judge
// whether they fit.
struct JsonNumber {
  enum class Kind : std::uint8_t {
    kInteger,   // fits int64
    kUnsigned,  // fits uint64, not int64
    kDouble,    // has a fraction or an exponent
    kTooLarge,  // an integer beyond 64 bits, or a magnitude beyond the largest double
  };
  Kind kind = Kind::kInteger;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double real = 0;
};

// Reads JSON (RFC 8259) from left to right without building anything: the hot path's reader.
// Strict: no NaN, no leading zeros, no trailing commas, no control characters or invalid UTF-8 in
// strings, no lone surrogates; what is skipped is checked like what is read. Never recurses, never
// allocates but for strings with escapes, and needs no padding behind the text.
//
//   JsonCursor json(body);
//   if (json.BeginArray()) while (json.NextElement()) sum += json.ReadNumber().real;
//   if (!json.AtEnd()) return Invalid(json.problem(), json.position());
//
// After the first mistake every call answers false or nothing, and problem() says what was wrong
// where; so a reader checks once, at the end.
class JsonCursor {
 public:
  static constexpr int kMaxDepth = 64;

  enum class Type : std::uint8_t { kObject, kArray, kString, kNumber, kBoolean, kNull, kNothing };

  // Whether the words NaN, Infinity and -Infinity are numbers. JSON says no; the clients of the
  // Open Inference Protocol write them.
  enum class NonFiniteWords : std::uint8_t { kRefuse, kAccept };

  explicit JsonCursor(std::string_view text, NonFiniteWords words = NonFiniteWords::kRefuse)
      : begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        words_(words == NonFiniteWords::kAccept) {}

  // What comes next; kNothing at the end of the text, after a mistake, or where no value can begin
  // (which is a mistake then).
  Type Peek();

  // The value must be an array (object); goes inside. Then call Next…() until it answers false: the
  // end has been read then. Each true must be followed by reading or skipping one value.
  bool BeginArray();
  bool NextElement();
  bool BeginObject();
  // The member's name with its escapes undone; valid until the next call that reads a string.
  bool NextMember(std::string_view& name);

  // Reads elements of the array just entered (or gone on in) as long as each is a short plain
  // decimal that a float takes without a question (at most 7 digits, or 15 with a point; no
  // exponent), stores them in `out` and answers how many. Whatever is unusual, wrong or the end is
  // left for NextElement(). At least three times cheaper than element by element.
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
  // A sentence fragment: "expected ',' or ']'"; null if nothing was wrong.
  const char* problem() const { return problem_; }
  // Bytes before the mistake, or before what comes next.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  // Bytes that have not been read yet.
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  // The text from `from` (an earlier position()) to here.
  std::string_view Slice(std::size_t from) const { return {begin_ + from, position() - from}; }

 private:
  void SkipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool Fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
    return false;
  }
  bool Enter(char bracket, const char* problem);
  bool Next(char closing, const char* problem);
  bool Literal(std::string_view word);
  bool ReadNonFinite(JsonNumber& number);
  JsonNumber LongNumber(const char* start, bool integer);
  bool ReadEscaped(const char* start);
  bool ReadEscape();
  bool ReadHex4(std::uint32_t& value);
  bool CheckUtf8(const char* from, const char* to);

  const char* begin_;
  const char* at_;
  const char* end_;
  bool words_;
  const char* problem_ = nullptr;
  int depth_ = 0;
  bool first_ = false;  // nothing of the innermost container has been read yet
  std::string unescaped_;
};

}  // namespace moorage::json
