#include "edge/api/exchange.h"

#include <string>
#include <utility>

namespace moorage::api {

base::Result<OwnedBody> Exchange::TakeBody(base::MemoryCharge charge) {
  if (!adopted_body_.text().empty()) return std::exchange(adopted_body_, {});
  RETURN_IF_ERROR(charge.Resize(request_.body.size()));
  auto copy = std::make_shared<const std::string>(request_.body);
  const std::string_view text = *copy;
  return OwnedBody(std::move(copy), text, std::move(charge));
}

void Exchange::ResetCall() {
  request_ = {};
  if (!adopted_body_.text().empty()) adopted_body_.Release();
  context_.Reset();
  facts_.Reset();
  api_version_ = {};
  vary_ = {};
  accepts_gzip_ = false;
  allowed_origin_.clear();
  call_state_ = CallState::kHead;
  adopted_ = false;
}

}  // namespace moorage::api
