#pragma once

#include <span>
#include <vector>

#include "edge/api/operation.h"

namespace moorage::api {

// The operations of the data port that this room answers itself, each declared once. The management
// operations come from control::Management::Operations().
std::span<const Operation> DataOperations();
// The operations of the metrics port.
std::span<const Operation> MetricsOperations();
// The rows of control::Management as operations of the data port.
std::vector<Operation> ManagementOperations();

// The operation of that name; it must exist.
const Operation& FindOperation(std::span<const Operation> operations, std::string_view name);

}  // namespace moorage::api
