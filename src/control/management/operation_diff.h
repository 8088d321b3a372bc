#pragma once

#include "control/management/operations.h"
#include "control/queries/registry_queries.h"
#include "foundation/json/json.h"

// The operation compares two versions as their callers see them. Query: from, to (references).
namespace moorage::management {

json::Json DiffDocument(const control::VersionDiff& diff);

}  // namespace moorage::management
