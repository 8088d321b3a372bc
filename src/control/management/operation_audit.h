#pragma once

#include <vector>

#include "control/management/operations.h"
#include "domain/registry/registry.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/api_call.h"

// The operation lists who did what, the newest first. Query: name, since, limit.
namespace moorage::management {

base::Result<registry::AuditFilter> ReadAudit(const model::ApiCall& call);
json::Json AuditDocument(const std::vector<registry::Event>& events);

}  // namespace moorage::management
