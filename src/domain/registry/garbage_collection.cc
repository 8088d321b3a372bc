#include "domain/registry/garbage_collection.h"

#include <algorithm>
#include <span>
#include <utility>

#include "domain/registry/audit_trail.h"
#include "domain/registry/condemned_table.h"
#include "domain/registry/probe_table.h"
#include "domain/registry/version_table.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::Digest;
using store::Access;
using store::BlobInfo;
using store::InTransaction;
using store::Transaction;

// Blobs condemned in one transaction. Other writers wait for it, some milliseconds.
constexpr std::size_t kBatch = 128;

// A collection that has not removed its blobs after kLease stops, and one that finds older rows
// than kAbandoned finishes what was interrupted. Two collections never remove one blob.
constexpr std::chrono::minutes kLease{5};
constexpr std::chrono::minutes kAbandoned{15};

bool Contains(const std::vector<Digest>& sorted, const Digest& digest) {
  return std::ranges::binary_search(sorted, digest);
}

// Mark and sweep. The live digests are the marks. The sweep runs in batches, and each batch marks
// anew, commits what it condemns, and removes the bytes after that.
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

  // Takes a batch through both phases.
  Result<GarbageReport> Remove(std::span<const BlobInfo> blobs) {
    const base::Instant begun = clock_.Monotonic();
    ASSIGN_OR_RETURN(GarbageReport report, CondemnUnused(blobs));
    Status removed;
    for (const BlobInfo& blob : report.blobs) {
      if (clock_.Monotonic() - begun >= kLease) {
        return Error{Code::kUnavailable,
                     "the blob store is too slow, the collection stops; what it "
                     "has condemned is removed by a later one"};
      }
      removed = blobs_.Remove(blob.digest);
      if (!removed.ok()) break;
    }
    // After an error, too. What is still there is garbage that the next collection finds.
    RETURN_IF_ERROR(End(report.blobs));
    RETURN_IF_ERROR(removed);
    return report;
  }

  // Removes what a collection has condemned that ended before it could.
  Status FinishInterrupted() {
    ASSIGN_OR_RETURN(std::vector<CondemnedBlob> rows,
                     InTransaction(database_, Access::kRead, &ReadCondemned));
    const base::Time horizon = clock_.Now() - kAbandoned;
    std::erase_if(rows, [horizon](const CondemnedBlob& row) { return row.since >= horizon; });
    std::vector<BlobInfo> blobs;
    blobs.reserve(rows.size());
    for (const CondemnedBlob& row : rows) blobs.push_back({row.digest, 0, row.since});
    for (std::size_t at = 0; at < blobs.size(); at += kBatch) {
      RETURN_IF_ERROR(Remove(std::span(blobs).subspan(at, std::min(kBatch, blobs.size() - at))));
    }
    return {};
  }

 private:
  // Asks for the live digests again, because a version may have been published since the search. A
  // publication before this transaction is seen here, and one after it finds the blob condemned.
  Result<GarbageReport> CondemnUnused(std::span<const BlobInfo> blobs) {
    return InTransaction(
        database_, Access::kWrite, [&](Transaction& transaction) -> Result<GarbageReport> {
          GarbageReport report;
          ASSIGN_OR_RETURN(AuditTrail audit, AuditTrail::Open(transaction, clock_));
          ASSIGN_OR_RETURN(const std::vector<Digest> live, LiveDigests(transaction));
          ASSIGN_OR_RETURN(const std::vector<CondemnedBlob> taken, ReadCondemned(transaction));
          const base::Time abandoned = clock_.Now() - kAbandoned;
          for (const BlobInfo& blob : blobs) {
            if (Contains(live, blob.digest)) continue;
            const auto row =
                std::ranges::lower_bound(taken, blob.digest, {}, &CondemnedBlob::digest);
            // Another collection is about to remove it.
            const bool found = row != taken.end() && row->digest == blob.digest;
            if (found && row->since >= abandoned) continue;
            RETURN_IF_ERROR(Condemn(transaction, blob.digest, clock_.Now()));
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

  Status End(std::span<const BlobInfo> blobs) {
    if (blobs.empty()) return {};
    std::vector<Digest> digests;
    for (const BlobInfo& blob : blobs) digests.push_back(blob.digest);
    return InTransaction(database_, Access::kWrite, [&](Transaction& transaction) {
      return RemoveCondemned(transaction, digests);
    });
  }

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
  RETURN_IF_ERROR(collector.FinishInterrupted());
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
