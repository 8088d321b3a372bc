#pragma once

#include "control/management/operations.h"
#include "control/rollback/roll_back.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

// The operation points an alias back. Body: to, reason,
// expected. All are optional. Without `to` it goes to the version before.
namespace moorage::management {

base::Result<registry::Rollback> ReadRollback(const model::ApiCall& call);

}  // namespace moorage::management
