#include "edge/api/exchange.h"

namespace moorage::api {

void Exchange::ResetCall() {
  request_ = {};
  context_.Reset();
  facts_.Reset();
  api_version_ = {};
  call_state_ = CallState::kHead;
  adopted_ = false;
}

}  // namespace moorage::api
