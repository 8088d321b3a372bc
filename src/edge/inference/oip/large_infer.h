#pragma once

#include "edge/inference/large_call.h"
#include "edge/inference/oip/oip_request.h"
#include "foundation/base/clock.h"

namespace moorage::inference {

// An infer request of the Open Inference Protocol that is too large for a reactor. It answers as
// OipHandler does.
class LargeInfer : public LargeCall {
 public:
  // `start` is when the request arrived.
  LargeInfer(Origin origin, base::Instant start) : LargeCall(std::move(origin)), start_(start) {}

 private:
  base::Status Answer(lane::WorkRun& run) override;
  // kDeadline once the request's own timeout is over.
  base::Status CheckTimeout(const OipRequest& request) const;
  // Whether the first dimension of every output counts the rows of the request.
  enum class RowsIn : std::uint8_t { kOutputs, kNowhere };
  base::Status Write(const OipRequest& request, const runtime::Outputs& outputs, RowsIn rows);

  const base::Instant start_;
};

}  // namespace moorage::inference
