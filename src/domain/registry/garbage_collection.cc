#include "domain/registry/garbage_collection.h"

#include <algorithm>
#include <span>
#include <utility>

#include "domain/registry/audit_trail.h"
#include "domain/registry/probe_table.h"
#include "domain/registry/version_table.h"

namespace moorage::registry {
namespace {

using base::Result;
using model::Digest;
using store::Access;
using store::BlobInfo;
using store::InTransaction;
using store::Transaction;

// Blobs removed in one transaction. Other writers wait for the whole batch, some milliseconds.
constexpr std::size_t kBatch = 128;

bool Contains(const std::vector<Digest>& sorted, const Digest& digest) {
  return std::ranges::binary_search(sorted, digest);
}

// Mark and sweep. The live digests are the marks. The sweep runs in batches, and each batch marks
// anew.
class GarbageCollector {
 public:
  GarbageCollector(store::Database& database, store::BlobStore& blobs, const base::Clock& clock,
                   std::string_view actor)
      : database_(database), blobs_(blobs), clock_(clock), actor_(actor) {}

  // The blobs that were stored before `horizon` and that no published version needs.
  Result<std::vector<BlobInfo>> FindGarbage(base::Time horizon) {
    ASSIGN_OR_RETURN(const std::vector<Digest> live,
                     InTransaction(database_, Access::kRead, &LiveDigests));
    ASSIGN_OR_RETURN(std::vector<BlobInfo> blobs, blobs_.List());
    std::erase_if(blobs, [&](const BlobInfo& blob) {
      return blob.stored >= horizon || Contains(live, blob.digest);
    });
    return blobs;
  }

  // Asks for the live digests again, because a version may have been published since the search. A
  // write transaction excludes every publication. One before it is seen here, and one after it
  // finds the blob missing.
  Result<GarbageReport> Remove(std::span<const BlobInfo> blobs) {
    return InTransaction(
        database_, Access::kWrite, [&](Transaction& transaction) -> Result<GarbageReport> {
          GarbageReport report;
          ASSIGN_OR_RETURN(AuditTrail audit, AuditTrail::Open(transaction, clock_));
          ASSIGN_OR_RETURN(const std::vector<Digest> live, LiveDigests(transaction));
          for (const BlobInfo& blob : blobs) {
            if (Contains(live, blob.digest)) continue;
            RETURN_IF_ERROR(blobs_.Remove(blob.digest));
            report.blobs.push_back(blob);
            report.bytes += blob.size;
          }
          // Nothing changed, so there is no event. An event would wake every server for nothing.
          if (report.blobs.empty()) return report;
          RETURN_IF_ERROR(audit.Append(actor_, "collect", "", "blobs",
                                       {{"blobs", report.blobs.size()}, {"bytes", report.bytes}}));
          return report;
        });
  }

 private:
  store::Database& database_;
  store::BlobStore& blobs_;
  const base::Clock& clock_;
  const std::string_view actor_;
};

}  // namespace

Result<GarbageReport> CollectGarbage(store::Database& database, store::BlobStore& blobs,
                                     const base::Clock& clock,
                                     const GarbageCollection& collection) {
  const base::Time horizon =
      clock.Now() - std::chrono::duration_cast<std::chrono::microseconds>(collection.grace);
  GarbageCollector collector(database, blobs, clock, collection.actor);
  ASSIGN_OR_RETURN(std::vector<BlobInfo> garbage, collector.FindGarbage(horizon));
  GarbageReport report;
  if (collection.mode == GarbageMode::kReport) {
    for (const BlobInfo& blob : garbage) report.bytes += blob.size;
    report.blobs = std::move(garbage);
    return report;
  }
  for (std::size_t at = 0; at < garbage.size(); at += kBatch) {
    RETURN_IF_ERROR(collection.cancel.Check());
    const auto batch = std::span(garbage).subspan(at, std::min(kBatch, garbage.size() - at));
    ASSIGN_OR_RETURN(const GarbageReport removed, collector.Remove(batch));
    report.bytes += removed.bytes;
    report.blobs.insert(report.blobs.end(), removed.blobs.begin(), removed.blobs.end());
  }
  RETURN_IF_ERROR(collection.cancel.Check());
  ASSIGN_OR_RETURN(report.temporaries, blobs.SweepTemporaries(horizon));
  RETURN_IF_ERROR(InTransaction(database, Access::kWrite, [horizon](Transaction& transaction) {
    return RemoveUnusedProbes(transaction, horizon);
  }));
  return report;
}

}  // namespace moorage::registry
