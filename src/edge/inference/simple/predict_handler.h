#pragma once

#include "domain/serving/lane/inference_lane.h"
#include "edge/api/operation.h"
#include "edge/inference/inference_service.h"
#include "edge/inference/simple/feature_decoder.h"
#include "foundation/rows/prediction.h"

namespace moorage::inference {

// The simple endpoints take rows of features and answer predictions. One object per reactor and
// form.
//
//   kPredict  {"features": row} -> {"prediction", "probability": [...], "timestamp"}
//   kV1       {"features": row} -> {"result", "confidence"}
//   kV2       {"instances": [row, ...]} or [row, ...] -> {"model", "version", "predictions":
//             [{"result", "confidence", "probabilities": {label: p}}], "request_id", "timestamp"}
//   kByHeader kV1 or kV2 by the header API-Version, v1 if it is absent
//
// The model is the path parameter {ref}, or the default. A regression has a number in `result` and
// no probabilities. A model of task "other" is answered by kV2 alone, with its outputs by name.
class PredictHandler : public api::Handler {
 public:
  enum class Form : std::uint8_t { kPredict, kV1, kV2, kByHeader };

  PredictHandler(Form form, InferenceService& inference) : form_(form), inference_(inference) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  void Answer(Form form, api::Exchange& exchange, const base::Result<lane::InferAnswer>& answer);
  base::Status Write(Form form, const model::CallContext& call, const lane::InferAnswer& answer);
  void WriteV2Prediction(const rows::PredictionReader& reader, const rows::Prediction& prediction);

  const Form form_;
  InferenceService& inference_;
  FeatureDecoder decoder_;
  rows::PredictionReader::Scratch scratch_;
};

}  // namespace moorage::inference
