#pragma once

#include <span>

#include "edge/api/operation.h"

namespace moorage::probes {

// What this room answers on the data port: health, in our own form and in that of the Open
// Inference Protocol, and statistics.
std::span<const api::Operation> ProbeOperations();

// What this room answers on the metrics port.
std::span<const api::Operation> MetricsOperations();

}  // namespace moorage::probes
