#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"

namespace moorage::api {

struct Operation;

// Who asks, from when, until when, by which protocol. One per request; filled by the dispatcher's
// interceptors, completed by the handler, read by metrics and the log when the answer leaves.
struct CallContext {
  const Operation* operation = nullptr;
  std::string_view protocol = "http/1.1";
  std::string request_id;   // the caller's X-Request-Id if it is fit to echo, else ours
  std::string traceparent;  // as received, if valid
  std::string principal = "anonymous";
  std::string peer;  // address of the caller
  // "v1" or "v2": answered as the header API-Version. The dispatcher sets it for paths under /api
  // (v2 below /api/v2, else v1), a handler that negotiates overrides it. Points to static text.
  std::string_view api_version;
  base::Instant start{};  // when the request was complete
  base::Instant deadline = base::Instant::max();

  // What was asked, kept for the access record of a call that is no inference; empty for inference.
  std::string_view method;  // "GET"; static text
  std::string path;         // without query, its first 512 bytes

  // Set by handlers, for metrics and the log.
  servable::ServableHandle servable;
  base::Duration queued{0};
  base::Duration ran{0};
  std::size_t rows = 0;
  // What went wrong, if the answer is an error: its code and sentence as the client gets them.
  std::string error;
  std::string error_message;
  // The body as received, kept only if this call's prediction record was chosen for the log.
  bool log_payload = false;
  std::string payload;

  // Back to the state of a new request; memory of the strings is kept for the next one.
  void Reset();
};

}  // namespace moorage::api
