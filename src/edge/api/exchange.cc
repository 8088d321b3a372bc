#include "edge/api/exchange.h"

namespace moorage::api {

void Exchange::ResetCall() {
  request_ = {};
  context_.Reset();
  facts_.Reset();
  api_version_ = {};
  adopted_ = false;
}

}  // namespace moorage::api
