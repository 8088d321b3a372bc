#pragma once

#include <span>

#include "edge/api/operation.h"

namespace moorage::probes {

// The operations of this room on the data port. They are health, in our own form and in that of the
// Open Inference Protocol, and statistics.
std::span<const api::Operation> ProbeOperations();

// The operations of this room on the metrics port.
std::span<const api::Operation> MetricsOperations();

}  // namespace moorage::probes
