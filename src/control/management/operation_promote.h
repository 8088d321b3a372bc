#pragma once

#include "control/management/operations.h"
#include "control/promote/promote.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

// The operation points an alias to a version. Body: version (or an
// alias), expected (a version, or null if the alias must not exist), force, reason. All but version
// are optional.
namespace moorage::management {

base::Result<control::PromoteRequest> ReadPromote(const model::ApiCall& call);

}  // namespace moorage::management
