#pragma once

#include "control/management/operations.h"
#include "control/queries/registry_queries.h"
#include "foundation/json/json.h"

// The operation shows one model with its versions and aliases.
namespace moorage::management {

json::Json ModelDocument(const control::ModelDetails& details);

}  // namespace moorage::management
