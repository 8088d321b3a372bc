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

// A smaller answer gains nothing by compression.
inline constexpr std::size_t kLeastCompressed = std::size_t{1} << 10U;
// What is compressed in about 1 ms. A larger answer is compressed on another thread or not at all.
inline constexpr std::size_t kMostCompressedAtOnce = std::size_t{128} << 10U;

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

  // The same for a body in pieces, which ends with `kLast`. Appends what is ready to `out`, at most
  // kDelayed bytes more than the piece has. Returns false if zlib has no memory.
  //
  //   deflater.Add(first, Piece::kMore, out);
  //   deflater.Add(rest, Piece::kLast, out);
  enum class Piece : std::uint8_t { kMore, kLast };
  static constexpr std::size_t kDelayed = std::size_t{64} << 10U;
  bool Add(std::string_view piece, Piece kind, json::ByteBuffer& out);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool in_pieces_ = false;  // Add() has begun a body
  json::ByteBuffer out_;
};

}  // namespace moorage::api
