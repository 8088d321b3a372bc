#pragma once

// What the reader of HTTP/1.x finds. Pure values.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "edge/api/exchange.h"

namespace moorage::http1 {

// Why a request cannot be read further. The answer has this status, then the connection closes,
// because the start of the next request is not known.
struct FramingError {
  int status = 400;
  std::string_view message;  // static text

  bool operator==(const FramingError&) const = default;
};

// A parsed header block. The views point into the block, a decoded path into the parser. Both must
// outlive them.
struct Http1Head {
  api::Method method = api::Method::kOther;
  std::string_view method_text;  // as received
  std::string_view path;         // decoded, except "%2F", which would divide segments
  std::string_view query;        // raw
  std::span<const api::Header> headers;
  int minor_version = 1;
  bool keep_alive = true;
  bool expects_continue = false;
  bool chunked = false;
  // Nothing if there is no Content-Length. UINT64_MAX for a number beyond 64 bits.
  std::optional<std::uint64_t> content_length;
};

}  // namespace moorage::http1
