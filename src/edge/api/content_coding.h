#pragma once

// Compressed bodies: gzip and deflate (RFC 9110, 8.4.1). One thread at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "foundation/json/byte_buffer.h"

namespace moorage::api {

enum class ContentCoding : std::uint8_t { kIdentity, kGzip, kDeflate };

// Returns the coding that a Content-Encoding names, or nothing for another one and for a list.
std::optional<ContentCoding> ParseCoding(std::string_view name);
// Returns true if an Accept-Encoding takes gzip with a weight above 0.
bool AcceptsGzip(std::string_view accepted);

// Decompresses one body slice by slice.
//
//   Inflater inflater(ContentCoding::kGzip);
//   while ((step = inflater.Go(body, room, out)) == Inflater::Step::kMore) {}
class Inflater {
 public:
  enum class Step : std::uint8_t { kMore, kDone, kBroken };

  explicit Inflater(ContentCoding coding);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Goes on where it stopped in `body`, the same text at each call. Appends at most `most` bytes.
  // Returns kBroken if the body is malformed or goes on behind its end.
  Step Go(std::string_view body, std::size_t most, json::ByteBuffer& out);

 private:
  struct Stream;
  const std::unique_ptr<Stream> stream_;
};

// Compresses answers with gzip at the level that is quickest. Its memory of about 270 KiB is taken
// with the first answer and used again.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // Returns the compressed body, or nothing if it would not be smaller. Valid until the next call.
  std::optional<std::string_view> Compress(std::string_view body);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  json::ByteBuffer out_;
};

}  // namespace moorage::api
