#pragma once

#include "control/management/operations.h"
#include "control/queries/registry_queries.h"
#include "foundation/json/json.h"

// The operation shows one version with its manifest, files and
// evidence.
namespace moorage::management {

json::Json VersionDocument(const control::VersionDetails& details);

}  // namespace moorage::management
