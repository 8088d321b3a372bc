#pragma once

#include "foundation/base/result.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Creates or upgrades the registry's tables, which docs/formats/registry.md describes.
base::Status UpgradeSchema(store::Database& database);
// Checks that the tables are those that this program reads. Writes nothing. kUnsupported if not.
base::Status CheckSchema(store::Database& database);

}  // namespace moorage::registry
