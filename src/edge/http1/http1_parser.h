#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "edge/api/exchange.h"
#include "foundation/base/result.h"

namespace moorage::http1 {

// Why a request cannot be read on: the status of the answer, after which the connection closes,
// because where the next request would start is not known.
struct FramingError {
  int status = 400;
  std::string_view message;  // static text

  bool operator==(const FramingError&) const = default;
};

// A header block of HTTP/1.x, taken apart. Views point into the block, the decoded path perhaps
// into the parser; both must outlive them.
struct Http1Head {
  api::Method method = api::Method::kOther;
  std::string_view path;   // decoded; "%2F" stays as it is, so that it never divides segments
  std::string_view query;  // raw
  std::span<const api::Header> headers;
  int minor_version = 1;
  bool keep_alive = true;
  bool expects_continue = false;
  bool chunked = false;
  // Nothing if there is no Content-Length; UINT64_MAX for a number beyond 64 bits.
  std::optional<std::uint64_t> content_length;
};

// Reads request heads of HTTP/1.1 (RFC 9112), strictly: what two readers could read in two ways is
// refused. That is: bare CR or LF, folded lines, space before a colon, a missing or second Host, a
// second Content-Length even if equal, Content-Length beside Transfer-Encoding, any
// Transfer-Encoding but "chunked". One parser serves all connections of a reactor; it holds nothing
// between calls.
class Http1Parser {
 public:
  static constexpr std::size_t kMaxHeaders = 100;

  struct Limits {
    std::size_t head_bytes = 16U << 10U;   // 431
    std::size_t target_bytes = 8U << 10U;  // 414
  };

  // Where a head ends that is still arriving. Feed it the bytes since the head's first one; it goes
  // on where it stopped.
  struct Progress {
    std::size_t line = 0;  // start of the first line that is not complete
  };
  struct Scan {
    std::size_t head_bytes = 0;  // the size of the head with its empty line; 0: more is needed
    std::optional<FramingError> error;  // it can be refused already
  };
  static Scan FindEnd(std::string_view bytes, const Limits& limits, Progress& progress);

  explicit Http1Parser(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }

  // `head` is complete, as FindEnd() says. The answer is valid until the next call.
  std::optional<FramingError> Parse(std::string_view head);
  const Http1Head& head() const { return head_; }

 private:
  std::optional<FramingError> ParseRequestLine(std::string_view line);
  std::optional<FramingError> ParseTarget(std::string_view target);
  std::optional<FramingError> DecodePath(std::string_view path);
  std::optional<FramingError> ParseHeader(std::string_view line);
  std::optional<FramingError> TakeFramingHeader(std::string_view name, std::string_view value);
  std::optional<FramingError> CheckFraming() const;

  const Limits limits_;
  Http1Head head_;
  std::array<api::Header, kMaxHeaders> headers_;
  std::size_t header_count_ = 0;
  std::size_t hosts_ = 0;
  std::size_t encodings_ = 0;
  bool has_close_ = false;
  bool has_keep_alive_ = false;
  std::string decoded_;
};

}  // namespace moorage::http1
