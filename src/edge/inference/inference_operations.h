#pragma once

#include <span>

#include "edge/api/operation.h"

namespace moorage::inference {

// The operations of this room, all on the data port. They are predictions and the metadata of the
// Open Inference Protocol. Each is declared once.
std::span<const api::Operation> InferenceOperations();

}  // namespace moorage::inference
