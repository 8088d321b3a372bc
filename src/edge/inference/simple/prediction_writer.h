#pragma once

// The answers of the simple endpoints.

#include <cstdint>
#include <string_view>

#include "domain/serving/lane/inference_lane.h"
#include "edge/inference/answer_watch.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json_output.h"
#include "foundation/rows/prediction.h"

namespace moorage::inference {

//   kPredict  {"prediction", "probability": [...], "timestamp"}
//   kV1       {"result", "confidence"}
//   kV2       {"model", "version", "predictions": [{"result", "confidence", "probabilities":
//   {label:
//             p}}], "request_id", "timestamp"}
//   kByHeader kV1 or kV2 by the header API-Version, v1 if it is absent
enum class PredictionForm : std::uint8_t { kPredict, kV1, kV2, kByHeader };

// Writes predictions in one of the forms but kByHeader. One object per thread, because it keeps
// scratch memory between answers.
class PredictionWriter {
 public:
  struct Call {
    PredictionForm form = PredictionForm::kV2;
    std::string_view request_id;
    base::Time now;
    AnswerWatch* watch = nullptr;  // asked every 256 rows, may be null
  };

  // Replaces what `json` holds.
  base::Status Write(const Call& call, const lane::InferAnswer& answer, json::JsonOutput& json);

 private:
  base::Status WriteRows(const Call& call, const lane::InferAnswer& answer, json::JsonOutput& json);

  rows::PredictionReader::Scratch scratch_;
};

}  // namespace moorage::inference
