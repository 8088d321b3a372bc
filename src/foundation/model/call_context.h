#pragma once

#include <string>
#include <string_view>

#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"

namespace moorage::model {

// Who asks what, until when, by which protocol. One per call. The edge fills it before a handler
// runs, and every room below may read it. It holds nothing of the answer.
struct CallContext {
  std::string_view operation;              // "predict_v1"; static text; empty if nothing matched
  std::string_view protocol = "http/1.1";  // static text
  std::string request_id;                  // the caller's X-Request-Id if it is fit to echo
  std::string traceparent;                 // as received, if valid
  std::string principal = "anonymous";
  std::string peer;  // address of the caller
  base::Instant deadline = base::Instant::max();
  // Set for work that leaves the reactor. It is cancelled when no client waits for the answer.
  base::CancelToken cancel = {};

  // Returns to the state of a new call. The strings keep their memory for the next call.
  void Reset() {
    operation = {};
    protocol = "http/1.1";
    request_id.clear();
    traceparent.clear();
    if (principal != "anonymous") principal = "anonymous";
    peer.clear();
    deadline = base::Instant::max();
    cancel = {};
  }
};

}  // namespace moorage::model
