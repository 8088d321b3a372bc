#pragma once

// The JSON writer of the hot path. For one thread.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "foundation/base/clock.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::json {

// Appends `text` as the inside of a JSON string (no quotes). What is not valid UTF-8 becomes
// U+FFFD.
void AppendJsonEscaped(std::string_view text, ByteBuffer& out);

// Writes JSON text for the hot path. Appends only, adds the commas, and keeps its memory between
// documents. The caller must call Key() before each value of an object, and match Begin and End.
//
//   out.Clear().BeginObject().Key("result").Integer(1).Key("confidence").Number(0.98).EndObject();
//   exchange->Send({.body = out.view()});
//
// One object per reactor. The view is valid until the next Clear().
class JsonOutput {
 public:
  std::string_view view() const { return buffer_.view(); }
  // Bytes of memory that the writer holds.
  std::size_t capacity() const { return buffer_.capacity(); }

  // Leaves room before the first document, for ByteBuffer::Prepend() after Take().
  void LeaveFront(std::size_t bytes) { buffer_.LeaveFront(bytes); }
  // Returns the memory with the document, and starts anew.
  ByteBuffer Take() {
    comma_ = false;
    return std::exchange(buffer_, {});
  }

  JsonOutput& Clear() {
    buffer_.Clear();
    comma_ = false;
    return *this;
  }

  // Gives back the memory of a document above 256 KiB, so that one large answer does not hold it
  // for the life of the writer. The view ends.
  void Trim() {
    if (buffer_.capacity() > kKeptBytes) buffer_.Release();
  }

  JsonOutput& BeginObject() { return Open('{'); }
  JsonOutput& EndObject() { return Close('}'); }
  JsonOutput& BeginArray() { return Open('['); }
  JsonOutput& EndArray() { return Close(']'); }

  // `name` is escaped like a string.
  JsonOutput& Key(std::string_view name);
  // Writes a literal as it stands, so it must need no escapes.
  template <std::size_t kSize>
  JsonOutput& Key(const char (&name)[kSize]) {
    // One reservation for the comma, both quotes and the colon. The size of the literal is known,
    // so the copy needs no call.
    char* const start = buffer_.Room(kSize + 3).data();
    char* at = start;
    if (comma_) *at++ = ',';
    *at++ = '"';
    std::memcpy(at, name, kSize - 1);
    at += kSize - 1;
    *at++ = '"';
    *at++ = ':';
    buffer_.Commit(static_cast<std::size_t>(at - start));
    comma_ = false;
    return *this;
  }
  JsonOutput& String(std::string_view text);
  JsonOutput& Integer(std::int64_t value);
  JsonOutput& Unsigned(std::uint64_t value);
  // The shortest text that reads back as the same double or float, always a JSON number. NaN and
  // infinity become null, because JSON has neither. A protocol with a spelling of its own uses
  // Raw().
  JsonOutput& Number(double value);
  JsonOutput& Number(float value);
  JsonOutput& Boolean(bool value) { return Raw(value ? "true" : "false"); }
  JsonOutput& Null() { return Raw("null"); }
  // ISO 8601 in UTC with milliseconds, as a string: "2026-01-27T01:08:12.345Z".
  JsonOutput& Time(base::Time time);
  // A value that is JSON already.
  JsonOutput& Raw(std::string_view json) {
    Comma();
    buffer_.Append(json);
    comma_ = true;
    return *this;
  }

 private:
  JsonOutput& Open(char bracket) {
    Comma();
    buffer_.Append(bracket);
    comma_ = false;
    return *this;
  }
  JsonOutput& Close(char bracket) {
    buffer_.Append(bracket);
    comma_ = true;
    return *this;
  }
  void Comma() {
    if (comma_) buffer_.Append(',');
  }

  static constexpr std::size_t kKeptBytes = std::size_t{256} << 10U;

  ByteBuffer buffer_;
  bool comma_ = false;
  // The text of the last Time(), of which only the milliseconds change within a second.
  std::int64_t second_ = INT64_MIN;
  char time_[26];
};

}  // namespace moorage::json
