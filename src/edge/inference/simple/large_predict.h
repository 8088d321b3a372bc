#pragma once

#include <cstddef>

#include "edge/inference/large_call.h"
#include "edge/inference/simple/prediction_writer.h"

namespace moorage::inference {

// A request of the simple endpoints that is too large for a reactor. It answers as PredictHandler
// does.
class LargePredict : public LargeCall {
 public:
  // `form` is not kByHeader.
  LargePredict(Origin origin, PredictionForm form, std::size_t max_rows)
      : LargeCall(std::move(origin)), form_(form), max_rows_(max_rows) {}

 private:
  base::Status Answer(lane::WorkRun& run) override;

  const PredictionForm form_;
  const std::size_t max_rows_;
};

}  // namespace moorage::inference
