#pragma once

// Rows of the tables `aliases` and `alias_moves`. Functions over one transaction.

#include <optional>
#include <vector>

#include "domain/registry/alias_move.h"
#include "domain/registry/audit_trail.h"
#include "domain/registry/model_version.h"
#include "domain/registry/registry_types.h"
#include "foundation/base/result.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Aliases and their history, inside a transaction of the caller.

base::Result<std::vector<AliasTarget>> ReadAliases(store::Transaction& transaction,
                                                   const model::ModelName& name);
base::Result<std::optional<AliasTarget>> FindAlias(store::Transaction& transaction,
                                                   const model::ModelName& name,
                                                   const model::Alias& alias);
// Oldest first.
base::Result<std::vector<AliasMove>> ReadMoves(store::Transaction& transaction,
                                               const model::ModelName& name,
                                               const model::Alias& alias);
// Newest first, over all aliases of the model.
base::Result<std::vector<AliasMove>> ReadAllMoves(store::Transaction& transaction,
                                                  const model::ModelName& name);
base::Result<model::SemVer> ReadAliasAt(store::Transaction& transaction,
                                        const model::ModelName& name, const model::Alias& alias,
                                        base::Time time);
// The versions that a rollback may go to, nearest last. They are the RollbackStack below its top,
// without deleted versions and without the current one.
base::Result<std::vector<model::SemVer>> RollbackTargets(store::Transaction& transaction,
                                                         const model::ModelName& name,
                                                         const model::Alias& alias);

base::Result<Moved> PromoteAlias(store::Transaction& transaction, AuditTrail& audit,
                                 const Promotion& promotion);
// What the rule of the alias makes of this promotion now. Writes nothing.
base::Result<RuleVerdict> JudgePromotion(store::Transaction& transaction,
                                         const Promotion& promotion, base::Time now);
// The event of a promotion that was refused with this error.
base::Status AppendRefusal(AuditTrail& audit, const Promotion& promotion, const base::Error& error);
base::Result<Moved> RollBackAlias(store::Transaction& transaction, AuditTrail& audit,
                                  const Rollback& rollback);

}  // namespace moorage::registry
