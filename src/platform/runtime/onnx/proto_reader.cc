#include "platform/runtime/onnx/proto_reader.h"

namespace moorage::runtime {
namespace {

// Wire types of the Protocol Buffers encoding. Groups (3 and 4) are not used by ONNX.
enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

}  // namespace

// Base 128, lowest group first. Ten bytes hold 64 bits, and an eleventh is a mistake. What the
// tenth holds beyond them is dropped, as the library does.
bool ProtoReader::ReadVarint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ == message_.size()) return Cut();
    const auto byte = static_cast<unsigned char>(message_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return true;
  }
  return Fail();
}

bool ProtoReader::Next(ProtoField& field) {
  if (damaged_ || at_ == message_.size()) return false;
  const std::size_t start = at_;
  std::uint64_t tag = 0;
  if (!ReadVarint(tag)) return false;
  // A tag is a field's number and a wire type in 32 bits. Number 0 does not exist.
  if (tag > UINT32_MAX || (tag >> 3U) == 0) return Fail();
  field = {.number = static_cast<std::uint32_t>(tag >> 3U), .scalar = 0, .bytes = {}, .raw = {}};
  std::size_t size = 0;
  switch (tag & 7U) {
    case kVarint:
      if (!ReadVarint(field.scalar)) return false;
      break;
    case kFixed64:
      size = 8;
      break;
    case kFixed32:
      size = 4;
      break;
    case kLengthDelimited: {
      std::uint64_t length = 0;
      if (!ReadVarint(length)) return false;
      // Compares with what is left, because `at_ + length` could wrap.
      if (length > message_.size() - at_) return Cut();
      field.is_bytes = true;
      field.bytes = message_.substr(at_, static_cast<std::size_t>(length));
      at_ += static_cast<std::size_t>(length);
      break;
    }
    default:
      return Fail();
  }
  if (size > message_.size() - at_) return Cut();
  // Fixed numbers are little-endian.
  for (std::size_t i = 0; i < size; ++i) {
    field.scalar |= static_cast<std::uint64_t>(static_cast<unsigned char>(message_[at_ + i]))
                    << (8 * i);
  }
  at_ += size;
  field.raw = message_.substr(start, at_ - start);
  return true;
}

}  // namespace moorage::runtime
