#pragma once

#include <vector>

#include "edge/api/operation.h"

namespace moorage::management_http {

// The rows of the management API that a server answers from its registry, as operations of the data
// port. `row` of each points to its row.
std::vector<api::Operation> ManagementOperations();

// GET /openapi.json.
const api::Operation& OpenApiOperation();

}  // namespace moorage::management_http
