#pragma once

#include "control/management/operations.h"
#include "control/validate/validate_version.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/api_call.h"

// The operation measures a version. Parts: data (CSV),
// and policy (JSON or YAML), which is optional. Query: target, baseline (a reference, a version of
// this model, or "none"), ignore (column names, separated by commas), alias (that the version is
// meant for).
namespace moorage::management {

// The request points into the call, which must outlive it.
base::Result<control::ValidateRequest> ReadValidate(const model::ApiCall& call);
// `rule` in it is that of this alias.
json::Json ValidationDocument(const control::ValidateResult& result, const model::Alias& alias);

}  // namespace moorage::management
