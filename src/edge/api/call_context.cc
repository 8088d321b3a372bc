#include "edge/api/call_context.h"

namespace moorage::api {

void CallContext::Reset() {
  operation = nullptr;
  protocol = "http/1.1";
  request_id.clear();
  traceparent.clear();
  if (principal != "anonymous") principal = "anonymous";
  peer.clear();
  api_version = {};
  start = {};
  deadline = base::Instant::max();
  method = {};
  path.clear();
  servable.reset();
  queued = base::Duration{0};
  ran = base::Duration{0};
  rows = 0;
  error.clear();
  error_message.clear();
  log_payload = false;
  payload.clear();
}

}  // namespace moorage::api
