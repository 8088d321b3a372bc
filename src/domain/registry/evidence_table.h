#pragma once

// Rows of the table `evidence`. Functions over one transaction.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/registry/alias_rule.h"
#include "domain/registry/audit_trail.h"
#include "domain/registry/evidence.h"
#include "domain/registry/model_version.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Evidence inside a transaction of the caller.

base::Result<Evidence> WriteEvidence(store::Transaction& transaction, AuditTrail& audit,
                                     Evidence evidence);
// Newest first.
base::Result<std::vector<Evidence>> ReadEvidenceOf(store::Transaction& transaction,
                                                   const model::ModelName& name,
                                                   const model::SemVer& version);
// The validations of exactly this version and its artifact, newest first, without their reports.
base::Result<std::vector<ValidationProof>> ReadProofs(store::Transaction& transaction,
                                                      const ModelVersion& version);
// The document of the policy that this evidence was judged by, or null if its report has none.
base::Result<json::Json> PolicyOf(store::Transaction& transaction, std::int64_t evidence);
// The newest validation whose id is above `after`. It reads no other report.
base::Result<std::optional<Evidence>> NewerValidationOf(store::Transaction& transaction,
                                                        const model::ModelName& name,
                                                        const model::SemVer& version,
                                                        std::int64_t after);
// For exactly this version and its artifact.
base::Result<std::optional<Evidence>> NewestEvidence(store::Transaction& transaction,
                                                     const ModelVersion& version,
                                                     std::string_view kind);

}  // namespace moorage::registry
