#pragma once

// Checks what is stored, for `moorage doctor`.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "platform/store/blob_store.h"
#include "platform/store/database.h"

namespace moorage::registry {

// What Verify() found. Each problem names a digest, a version, an alias or the database.
struct VerifyReport {
  std::size_t versions = 0;
  std::size_t blobs = 0;  // read and hashed
  std::uint64_t bytes = 0;
  std::vector<base::Detail> problems;

  bool clean() const { return problems.empty(); }
};

// Checks everything that is stored, and changes nothing. The checks are
// - the database by its own integrity check, and nothing else if that fails
// - each alias against its history
// - each blob against its digest
// - each version for the presence of all its files
// The token is asked before each blob.
base::Result<VerifyReport> Verify(store::Database& database, store::BlobStore& blobs,
                                  const base::CancelToken& cancel = {});

}  // namespace moorage::registry
