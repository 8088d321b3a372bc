#include "edge/http1/chunked_decoder.h"

#include <algorithm>

#include "foundation/base/ascii.h"

namespace moorage::http1 {
namespace {

bool IsFieldCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7F);
}

}  // namespace

// A state machine over single bytes, so that the text may be cut anywhere. Only the data of a chunk
// is copied as a block.
std::size_t ChunkedDecoder::Feed(std::string_view bytes, json::ByteBuffer& body) {
  std::size_t at = 0;
  while (at < bytes.size() && !done() && !error_) {
    if (state_ == State::kData) {
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
      body.Append(bytes.substr(at, take));
      at += take;
      left_ -= take;
      if (left_ == 0) state_ = State::kDataCr;
    } else if (Step(bytes[at])) {
      ++at;
    }
  }
  return at;
}

bool ChunkedDecoder::Step(char c) {
  switch (state_) {
    case State::kSize:
      return StepSize(c);
    case State::kExtension:
      if (++line_ > limits_.line_bytes) return Fail(400, "a chunk's size line is too long");
      if (c == '\r') {
        state_ = State::kSizeEnd;
      } else if (!IsFieldCharacter(c)) {
        return Fail(400, "a chunk extension is malformed");
      }
      return true;
    case State::kSizeEnd:
      if (c != '\n') return Fail(400, "a chunk's size line does not end in CRLF");
      line_ = 0;
      // A chunk of size 0 is the last one (RFC 9112, 7.1).
      state_ = left_ > 0 ? State::kData : State::kTrailer;
      digits_ = 0;
      return true;
    case State::kDataCr:
      if (c != '\r') return Fail(400, "a chunk is longer than its size");
      state_ = State::kDataLf;
      return true;
    case State::kDataLf:
      if (c != '\n') return Fail(400, "a chunk is longer than its size");
      state_ = State::kSize;
      return true;
    case State::kTrailer:
      return StepTrailer(c);
    case State::kTrailerLf:
      if (c != '\n') return Fail(400, "a trailer line does not end in CRLF");
      // An empty line ends the trailer.
      state_ = line_ == 0 ? State::kDone : State::kTrailer;
      line_ = 0;
      return true;
    case State::kData:
    case State::kDone:
      break;
  }
  return false;
}

bool ChunkedDecoder::StepSize(char c) {
  const int value = base::HexDigitValue(c);
  if (value >= 0) {
    // Counts digits too, because leading zeros would go on without end and leave the value at 0.
    if (++digits_ > 16 || left_ > (UINT64_MAX >> 4U)) return Fail(413, "the body is too large");
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return true;
  }
  if (digits_ == 0) return Fail(400, "a chunk's size is not a hexadecimal number");
  // The first comparison keeps the sum of the second from wrapping around.
  if (left_ > limits_.body_bytes || total_ + left_ > limits_.body_bytes) {
    return Fail(413, "the body is larger than the server accepts");
  }
  total_ += left_;
  line_ = digits_;
  if (c == '\r') {
    state_ = State::kSizeEnd;
  } else if (c == ';') {
    state_ = State::kExtension;
  } else {
    return Fail(400, "a chunk's size is not a hexadecimal number");
  }
  return true;
}

bool ChunkedDecoder::StepTrailer(char c) {
  if (++trailer_ > limits_.trailer_bytes) return Fail(431, "the trailer is too large");
  if (c == '\r') {
    state_ = State::kTrailerLf;
    return true;
  }
  // A line that begins with a blank would be a folded line (RFC 9112, 5.2), which readers treat
  // differently.
  if (!IsFieldCharacter(c) || (line_ == 0 && (c == ' ' || c == '\t'))) {
    return Fail(400, "a trailer line is malformed");
  }
  ++line_;
  return true;
}

bool ChunkedDecoder::Fail(int status, std::string_view message) {
  error_ = FramingError{status, message};
  return false;
}

}  // namespace moorage::http1
