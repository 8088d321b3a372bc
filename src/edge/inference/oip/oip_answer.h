#pragma once

// The answer to an infer request of the Open Inference Protocol.

#include "domain/serving/lane/inference_lane.h"
#include "edge/inference/answer_watch.h"
#include "edge/inference/oip/oip_request.h"
#include "foundation/base/result.h"
#include "foundation/json/json_output.h"

namespace moorage::inference {

// Replaces what `json` holds by the outputs that `request` asks for, as JSON tensors. `watch` is
// asked every 4,096 elements and may be null.
base::Status WriteOipAnswer(const OipRequest& request, const lane::InferAnswer& answer,
                            json::JsonOutput& json, AnswerWatch* watch = nullptr);

}  // namespace moorage::inference
