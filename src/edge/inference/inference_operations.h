#pragma once

#include <span>

#include "edge/api/operation.h"

namespace moorage::inference {

// What this room answers on the data port: predictions, and the metadata of the Open Inference
// Protocol. Each operation is declared once.
std::span<const api::Operation> InferenceOperations();

}  // namespace moorage::inference
