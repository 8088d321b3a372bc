#pragma once

// Rows of the table `condemned_blobs`, one for each blob that a collection is about to remove.
// Functions over one transaction.
//
// A collection commits the rows first, then removes the bytes outside of any transaction, then the
// rows. A publication refuses an artifact with a condemned blob, so a blob that goes was never
// promised to a version.

#include <span>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/names.h"
#include "platform/store/database.h"

namespace moorage::registry {

struct CondemnedBlob {
  model::Digest digest;
  base::Time since;
};

// A row that is there gets the new time.
base::Status Condemn(store::Transaction& transaction, const model::Digest& digest, base::Time now);
// Ends it, because the bytes are gone or because they stay.
base::Status RemoveCondemned(store::Transaction& transaction,
                             std::span<const model::Digest> digests);
// Sorted by digest.
base::Result<std::vector<CondemnedBlob>> ReadCondemned(store::Transaction& transaction);
// kConflict names the first condemned blob of the artifact.
base::Status CheckNotCondemned(store::Transaction& transaction,
                               const model::ArtifactIndex& artifact);

}  // namespace moorage::registry
