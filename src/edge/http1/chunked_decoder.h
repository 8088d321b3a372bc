#pragma once

// The decoder of chunked bodies. Pure state, one thread at a time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "edge/http1/http1_types.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::http1 {

// Decodes a chunked body (RFC 9112, 7.1) as it arrives. Chunk extensions and trailer fields are
// checked and dropped. A number after a limit is the status of the refusal.
class ChunkedDecoder {
 public:
  struct Limits {
    std::size_t body_bytes = 0;              // 413
    std::size_t line_bytes = 256;            // a chunk's size line with extensions, 400
    std::size_t trailer_bytes = 16U << 10U;  // 431
  };

  explicit ChunkedDecoder(const Limits& limits) : limits_(limits) {}

  // Reads from `bytes`, appends data to `body`, and returns the number of bytes taken. These are
  // all bytes, unless the body has ended or is malformed.
  std::size_t Feed(std::string_view bytes, json::ByteBuffer& body);

  bool done() const { return state_ == State::kDone; }
  const std::optional<FramingError>& error() const { return error_; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kExtension,
    kSizeEnd,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,
    kTrailerLf,
    kDone
  };

  // Takes one byte of the framing. Returns false on error.
  bool Step(char c);
  bool StepSize(char c);
  bool StepTrailer(char c);
  bool Fail(int status, std::string_view message);

  const Limits limits_;
  State state_ = State::kSize;
  std::uint64_t left_ = 0;   // of the chunk's data. While in kSize, the size so far
  std::size_t digits_ = 0;   // of the size
  std::size_t line_ = 0;     // bytes of the current line
  std::size_t trailer_ = 0;  // bytes of all trailer lines
  std::uint64_t total_ = 0;  // data of all chunks so far
  std::optional<FramingError> error_;
};

}  // namespace moorage::http1
