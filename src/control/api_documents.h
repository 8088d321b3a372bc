#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/push_model.h"
#include "control/registry_queries.h"
#include "control/validate_version.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/model/json.h"

// The answers of the management API as documents: the one place that names their members
// (docs/operations/api.md). Times are ISO 8601 with milliseconds, digests have their "sha256:",
// what is not there is null.
namespace moorage::control {

model::Json ModelsDocument(const std::vector<registry::ModelSummary>& models);
model::Json ModelDocument(const ModelDetails& details);
model::Json VersionDocument(const VersionDetails& details);
model::Json PushDocument(const PushResult& result);
model::Json ValidationDocument(const ValidateResult& result);
model::Json MoveDocument(const registry::Moved& moved);
model::Json HistoryDocument(const model::ModelName& name,
                            const std::vector<registry::AliasMove>& moves);
model::Json DiffDocument(const VersionDiff& diff);
model::Json AuditDocument(const std::vector<registry::Event>& events);
model::Json GarbageDocument(const registry::GarbageReport& report, registry::GarbageMode mode);
model::Json DoctorDocument(const registry::VerifyReport& report);

}  // namespace moorage::control
