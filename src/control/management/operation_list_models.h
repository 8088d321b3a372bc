#pragma once

#include <vector>

#include "control/management/operations.h"
#include "domain/registry/registry.h"
#include "foundation/json/json.h"

// The operation lists every model with its latest version and its aliases.
namespace moorage::management {

json::Json ModelsDocument(const std::vector<registry::ModelSummary>& models);

}  // namespace moorage::management
