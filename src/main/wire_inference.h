#pragma once

// Adds the routes of the room inference, which are all that predict.

#include "edge/inference/inference_service.h"
#include "foundation/base/result.h"
#include "main/routes.h"

namespace moorage::main {

// `door` outlives the routes.
base::Status AddInferenceRoutes(Routes& routes, inference::InferenceService& inference);

}  // namespace moorage::main
