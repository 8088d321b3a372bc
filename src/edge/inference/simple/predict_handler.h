#pragma once

#include "domain/serving/lane/inference_lane.h"
#include "edge/api/operation.h"
#include "edge/inference/inference_service.h"
#include "edge/inference/simple/feature_decoder.h"
#include "edge/inference/simple/prediction_writer.h"

namespace moorage::inference {

// The simple endpoints take rows of features and answer predictions. One object per reactor and
// form. kV2 takes {"instances": [row, ...]} or [row, ...], the other forms {"features": row}.
// PredictionForm has the answers. A request that does not fit the reactor is a LargePredict.
//
// The model is the path parameter {ref}, or the default. A regression has a number in `result` and
// no probabilities. A model of task "other" is answered by kV2 alone, with its outputs by name.
class PredictHandler : public api::Handler {
 public:
  using Form = PredictionForm;

  PredictHandler(Form form, InferenceService& inference) : form_(form), inference_(inference) {}

  base::Status JudgeHead(const api::PathParameters& path) override;
  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  void Answer(Form form, api::ExchangeRef exchange, const base::Result<lane::InferAnswer>& answer);

  const Form form_;
  InferenceService& inference_;
  FeatureDecoder decoder_;
  PredictionWriter writer_;
};

}  // namespace moorage::inference
