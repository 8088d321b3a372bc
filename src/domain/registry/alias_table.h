#pragma once

#include <optional>
#include <vector>

#include "domain/registry/alias_move.h"
#include "domain/registry/event_log.h"
#include "domain/registry/model_version.h"
#include "domain/registry/registry.h"
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
// The versions that a rollback may go to, nearest last: the RollbackStack below its top, without
// those that were deleted and without the current one.
base::Result<std::vector<model::SemVer>> RollbackTargets(store::Transaction& transaction,
                                                         const model::ModelName& name,
                                                         const model::Alias& alias);

base::Result<Moved> PromoteAlias(store::Transaction& transaction, EventLog& log,
                                 const Promotion& promotion);
base::Result<Moved> RollBackAlias(store::Transaction& transaction, EventLog& log,
                                  const Rollback& rollback);

}  // namespace moorage::registry
