#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/push/push_model.h"
#include "control/queries/registry_queries.h"
#include "control/validate/validate_version.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/json/json.h"

// The answers of the management API as documents: the one place that names their members
// (docs/operations/api.md). Times are ISO 8601 with milliseconds, digests have their "sha256:",
// what is not there is null.
namespace moorage::management {

json::Json ModelsDocument(const std::vector<registry::ModelSummary>& models);
json::Json ModelDocument(const control::ModelDetails& details);
json::Json VersionDocument(const control::VersionDetails& details);
json::Json PushDocument(const control::PushResult& result);
json::Json ValidationDocument(const control::ValidateResult& result);
json::Json MoveDocument(const registry::Moved& moved);
json::Json HistoryDocument(const model::ModelName& name,
                           const std::vector<registry::AliasMove>& moves);
json::Json DiffDocument(const control::VersionDiff& diff);
json::Json AuditDocument(const std::vector<registry::Event>& events);
json::Json GarbageDocument(const registry::GarbageReport& report, registry::GarbageMode mode);
json::Json DoctorDocument(const registry::VerifyReport& report);

}  // namespace moorage::management
