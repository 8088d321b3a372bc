#pragma once

// The parser of HTTP/1.x request heads. The reactor's thread only.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "edge/api/exchange.h"
#include "edge/http1/http1_types.h"

namespace moorage::http1 {

// Reads request heads strictly (RFC 9112). It refuses what two readers could read in two ways:
//
//   a bare CR or LF, folded lines, space before a colon
//   a missing or second Host
//   a second Content-Length even if equal, or one beside Transfer-Encoding
//   any Transfer-Encoding but "chunked"
//
// One parser serves all connections of a reactor. It keeps nothing between calls.
class Http1Parser {
 public:
  static constexpr std::size_t kMaxHeaders = 100;

  struct Limits {
    std::size_t head_bytes = 16U << 10U;   // 431
    std::size_t target_bytes = 8U << 10U;  // 414
  };

  // Finds the end of a head that is still arriving. `bytes` begin with the head's first byte. Each
  // call continues at `progress`.
  struct Progress {
    std::size_t line = 0;  // start of the first line that is not complete
  };
  struct Scan {
    std::size_t head_bytes = 0;         // with the empty line. 0 if more bytes are needed
    std::optional<FramingError> error;  // more bytes cannot make the head valid
  };
  static Scan FindEnd(std::string_view bytes, const Limits& limits, Progress& progress);

  explicit Http1Parser(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }

  // Parses a head that FindEnd() has found complete. head() is valid until the next call.
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
