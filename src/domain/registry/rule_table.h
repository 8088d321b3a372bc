#pragma once

// Rows of the table `alias_rules`. Functions over one transaction.

#include <optional>
#include <string_view>

#include "domain/registry/alias_rule.h"
#include "domain/registry/audit_trail.h"
#include "domain/registry/registry_types.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "platform/store/database.h"

namespace moorage::registry {

// The rule that was set, or nothing if none was or the standard one was put back.
base::Result<std::optional<AliasRule>> ReadRule(store::Transaction& transaction,
                                                const model::ModelName& name,
                                                const model::Alias& alias);
// Adds a revision. The older ones stay, so the audit can tell which rule held when.
base::Result<AliasRule> WriteRule(store::Transaction& transaction, AuditTrail& audit,
                                  const RuleChange& change);

}  // namespace moorage::registry
