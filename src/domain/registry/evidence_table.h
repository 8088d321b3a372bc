#pragma once

// Rows of the table `evidence`. Functions over one transaction.

#include <optional>
#include <string_view>
#include <vector>

#include "domain/registry/audit_trail.h"
#include "domain/registry/evidence.h"
#include "domain/registry/model_version.h"
#include "foundation/base/result.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Evidence inside a transaction of the caller.

base::Result<Evidence> WriteEvidence(store::Transaction& transaction, AuditTrail& audit,
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
