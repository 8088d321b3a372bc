#pragma once

#include "control/management/operations.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/api_call.h"

// The operation removes bytes that no version refers to. Body: dry_run, grace. Both are optional.
namespace moorage::management {

struct GarbageOrder {
  registry::GarbageMode mode = registry::GarbageMode::kRemove;
  base::Duration grace = registry::Registry::kDefaultGrace;
};

base::Result<GarbageOrder> ReadGarbage(const model::ApiCall& call);
json::Json GarbageDocument(const registry::GarbageReport& report, registry::GarbageMode mode);

}  // namespace moorage::management
