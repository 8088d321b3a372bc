#include "edge/api/call_facts.h"

namespace moorage::api {

void CallFacts::Reset() {
  operation = nullptr;
  model.reset();
  rows = 0;
  start = {};
  queued = base::Duration{0};
  ran = base::Duration{0};
  method.clear();
  path.clear();
  payload.clear();
  body_bytes = 0;
  reason = AnswerReason::kHandler;
  status = 0;
  duration = base::Duration{0};
  error.clear();
  error_message.clear();
}

}  // namespace moorage::api
