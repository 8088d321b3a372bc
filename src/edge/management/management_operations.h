#pragma once

#include <vector>

#include "edge/api/operation.h"

namespace moorage::management_http {

// The rows of management::Management as operations of the data port, and the description of it.
std::vector<api::Operation> ManagementOperations();

// GET /openapi.json.
const api::Operation& OpenApiOperation();

}  // namespace moorage::management_http
