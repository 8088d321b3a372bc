#pragma once

#include <vector>

#include "edge/api/operation.h"

namespace moorage::main {

// Every operation of the data port but those of the management API, in the order of the metrics.
const std::vector<api::Operation>& DataOperations();

}  // namespace moorage::main
