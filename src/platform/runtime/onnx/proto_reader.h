#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace moorage::runtime {

// One field of a Protocol Buffers message in wire form.
struct ProtoField {
  std::uint32_t number = 0;
  bool is_bytes = false;     // length-delimited, so `bytes` holds it and not `scalar`
  std::uint64_t scalar = 0;  // varint, fixed32 or fixed64
  std::string_view bytes;    // points into the message
  std::string_view raw;      // the whole field with its tag, as it stands in the message
};

// Walks the fields of one message without a schema and without copying. Either every byte belongs
// to a field, or damaged() is true.
//
//   ProtoReader reader(bytes);
//   for (ProtoField field; reader.Next(field);) ...
//   if (reader.damaged()) ...
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view message) : message_(message) {}

  // False at the end of the message and where it is damaged. An output parameter because a graph
  // has hundreds of thousands of fields.
  bool Next(ProtoField& field);

  bool damaged() const { return damaged_; }
  // True if a field reaches beyond the end, because the message was cut off.
  bool truncated() const { return truncated_; }

 private:
  bool ReadVarint(std::uint64_t& value);
  bool Fail() {
    damaged_ = true;
    return false;
  }
  bool Cut() {
    truncated_ = true;
    return Fail();
  }

  std::string_view message_;
  std::size_t at_ = 0;
  bool damaged_ = false;
  bool truncated_ = false;
};

}  // namespace moorage::runtime
