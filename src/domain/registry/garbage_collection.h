#pragma once

// Removes blobs that no version needs.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "platform/store/blob_store.h"
#include "platform/store/database.h"

namespace moorage::registry {

enum class GarbageMode : std::uint8_t { kReport, kRemove };

struct GarbageReport {
  std::vector<store::BlobInfo> blobs;  // removed, or to be removed
  std::uint64_t bytes = 0;
  std::size_t temporaries = 0;  // files of interrupted pushes, counted when they are removed
};

struct GarbageCollection {
  GarbageMode mode = GarbageMode::kReport;
  base::Duration grace{};  // blobs that were stored more recently than this stay
  std::string_view actor;
  base::CancelToken cancel = {};  // asked before each batch; what was removed before stays removed
};

// Finds, or removes, the blobs that no published version refers to. Any thread and any process may
// call it during pushes. Two phases (condemned_table.h): blobs are condemned in a write
// transaction, and removed outside of it. A publication refuses what is condemned. See
// docs/formats/registry.md.
base::Result<GarbageReport> CollectGarbage(store::Database& database, store::BlobStore& blobs,
                                           const base::Clock& clock,
                                           const GarbageCollection& collection);

}  // namespace moorage::registry
