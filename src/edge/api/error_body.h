#pragma once

// Errors as a client of HTTP reads them.

#include <span>
#include <string_view>

#include "edge/api/exchange.h"
#include "foundation/base/error.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::api {

// The one error form of every protocol over HTTP.
//
//   {"error": "<one sentence>", "code": "invalid_argument", "request_id": "…",
//    "details": [{"path": "features[3]", "problem": "not a number"}],
//    "remedy": {"kind": "set_alias", "subject": "cancer@production"}}
// `details`, `remedy` and its `subject` are absent if there are none. Bytes that are not UTF-8 are
// replaced.
struct ErrorBody {
  std::string_view code;
  std::string_view message;
  std::string_view request_id;
  std::span<const base::Detail> details;
  const base::Remedy* remedy = nullptr;  // null: the member is absent
};
void AppendJson(const ErrorBody& body, json::ByteBuffer& out);

// Answers `exchange` with that form. `code` is base::ClientCode(error), or CodeOfFraming() for a
// status of HTTP's own. 429 and 503 carry Retry-After. `headers` are added.
void SendError(Exchange& exchange, int status, std::string_view code, const base::Error& error,
               std::span<const Header> headers = {});

}  // namespace moorage::api
