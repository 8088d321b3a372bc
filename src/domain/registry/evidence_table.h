#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/registry/event_log.h"
#include "domain/registry/evidence.h"
#include "domain/registry/model_version.h"
#include "foundation/base/result.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Evidence inside a transaction of the caller.

base::Result<Evidence> WriteEvidence(store::Transaction& transaction, EventLog& log,
                                     Evidence evidence);
// Newest first.
base::Result<std::vector<Evidence>> ReadEvidenceOf(store::Transaction& transaction,
                                                   const model::ModelName& name,
                                                   const model::SemVer& version);
// For exactly this version and its artifact.
base::Result<std::optional<Evidence>> NewestEvidence(store::Transaction& transaction,
                                                     const ModelVersion& version,
                                                     std::string_view kind);

}  // namespace moorage::registry
