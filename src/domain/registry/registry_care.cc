// The part of Registry that looks after what is stored: garbage collection and verification.

#include <algorithm>
#include <limits>

#include "domain/registry/alias_table.h"
#include "domain/registry/event_log.h"
#include "domain/registry/registry.h"
#include "domain/registry/version_table.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Result;
using base::Status;
using model::Digest;
using store::Access;
using store::BlobInfo;
using store::InTransaction;
using store::Transaction;

// Blobs removed in one transaction: writers wait that long, milliseconds.
constexpr std::size_t kBatch = 128;

bool Contains(const std::vector<Digest>& sorted, const Digest& digest) {
  return std::ranges::binary_search(sorted, digest);
}

// What the database says about one version, read in one transaction.
struct StoredVersion {
  ModelVersion version;
  model::ArtifactIndex files;
};

Result<std::vector<StoredVersion>> ReadEveryVersion(Transaction& transaction) {
  std::vector<StoredVersion> all;
  ASSIGN_OR_RETURN(const std::vector<ModelSummary> models, ReadModels(transaction));
  for (const ModelSummary& model : models) {
    ASSIGN_OR_RETURN(std::vector<ModelVersion> versions, ReadVersions(transaction, model.name));
    for (ModelVersion& version : versions) {
      ASSIGN_OR_RETURN(model::ArtifactIndex files,
                       ReadArtifactFiles(transaction, version.artifact));
      all.push_back({std::move(version), std::move(files)});
    }
  }
  return all;
}

// An alias and its history are written together; if they disagree, somebody else wrote.
Result<std::vector<base::Detail>> CheckAliases(Transaction& transaction) {
  std::vector<base::Detail> problems;
  ASSIGN_OR_RETURN(const std::vector<ModelSummary> models, ReadModels(transaction));
  for (const ModelSummary& model : models) {
    for (const AliasTarget& target : model.aliases) {
      ASSIGN_OR_RETURN(const std::vector<AliasMove> moves,
                       ReadMoves(transaction, model.name, target.alias));
      if (moves.empty() || !(moves.back().to == target.version)) {
        problems.push_back({model.name.value() + "@" + target.alias.value(),
                            "points to " + target.version.text() + ", its history says otherwise"});
      }
    }
  }
  return problems;
}

}  // namespace

Result<GarbageReport> Registry::CollectGarbage(GarbageMode mode, base::Duration grace,
                                               std::string_view actor) {
  const base::Time horizon =
      deps_.clock.Now() - std::chrono::duration_cast<std::chrono::microseconds>(grace);
  ASSIGN_OR_RETURN(const std::vector<Digest> live,
                   InTransaction(deps_.database, Access::kRead, &LiveDigests));
  ASSIGN_OR_RETURN(std::vector<BlobInfo> blobs, deps_.blobs.List());
  std::erase_if(blobs, [&](const BlobInfo& blob) {
    return blob.stored >= horizon || Contains(live, blob.digest);
  });
  GarbageReport report;
  if (mode == GarbageMode::kReport) {
    for (const BlobInfo& blob : blobs) report.bytes += blob.size;
    report.blobs = std::move(blobs);
    return report;
  }
  for (std::size_t at = 0; at < blobs.size(); at += kBatch) {
    const auto batch = std::span(blobs).subspan(at, std::min(kBatch, blobs.size() - at));
    ASSIGN_OR_RETURN(const GarbageReport removed, RemoveBlobs(batch, actor));
    report.bytes += removed.bytes;
    report.blobs.insert(report.blobs.end(), removed.blobs.begin(), removed.blobs.end());
  }
  ASSIGN_OR_RETURN(report.temporaries, deps_.blobs.SweepTemporaries(horizon));
  return report;
}

// Inside a write transaction no version can be published: whoever comes after it finds the blob
// gone, and whoever was before it is seen here.
Result<GarbageReport> Registry::RemoveBlobs(std::span<const BlobInfo> blobs,
                                            std::string_view actor) {
  return InTransaction(
      deps_.database, Access::kWrite, [&](Transaction& transaction) -> Result<GarbageReport> {
        GarbageReport report;
        ASSIGN_OR_RETURN(EventLog log, EventLog::Open(transaction, deps_.clock));
        ASSIGN_OR_RETURN(const std::vector<Digest> live, LiveDigests(transaction));
        for (const BlobInfo& blob : blobs) {
          if (Contains(live, blob.digest)) continue;
          RETURN_IF_ERROR(deps_.blobs.Remove(blob.digest));
          report.blobs.push_back(blob);
          report.bytes += blob.size;
        }
        if (report.blobs.empty()) return report;
        RETURN_IF_ERROR(log.Append(actor, "collect", "", "blobs",
                                   {{"blobs", report.blobs.size()}, {"bytes", report.bytes}}));
        return report;
      });
}

Result<VerifyReport> Registry::Verify() {
  VerifyReport report;
  if (const Status database = deps_.database.CheckIntegrity(); !database.ok()) {
    if (database.error().code != Code::kCorrupt) return database.error();
    report.problems = database.error().details;
    if (report.problems.empty()) report.problems.push_back({"database", database.error().message});
    return report;  // what a damaged database says about blobs is worth nothing
  }
  ASSIGN_OR_RETURN(report.problems, InTransaction(deps_.database, Access::kRead, &CheckAliases));
  ASSIGN_OR_RETURN(const std::vector<BlobInfo> blobs, deps_.blobs.List());
  for (const BlobInfo& blob : blobs) {
    const auto bytes = deps_.blobs.Get(blob.digest, blob.size);
    if (!bytes.ok()) {
      const base::Error& error = bytes.error();
      if (error.code == Code::kUnavailable) return error;
      if (error.code == Code::kNotFound) continue;  // collected since it was listed
      report.problems.push_back({blob.digest.value(), "is corrupt: " + error.message});
    }
    ++report.blobs;
    report.bytes += blob.size;
  }
  ASSIGN_OR_RETURN(const std::vector<StoredVersion> versions,
                   InTransaction(deps_.database, Access::kRead, &ReadEveryVersion));
  for (const StoredVersion& stored : versions) {
    ++report.versions;
    ASSIGN_OR_RETURN(const std::vector<base::Detail> problems,
                     VerifyFiles(stored.version, stored.files));
    report.problems.insert(report.problems.end(), problems.begin(), problems.end());
  }
  return report;
}

Result<std::vector<base::Detail>> Registry::VerifyFiles(const ModelVersion& version,
                                                        const model::ArtifactIndex& files) {
  std::vector<base::Detail> problems;
  const std::string ref = Format(version.name, version.version);
  if (files.digest() != version.artifact) {
    problems.push_back(
        {ref, "its list of files is not that of artifact " + version.artifact.value()});
  }
  ASSIGN_OR_RETURN(const bool index, deps_.blobs.Has(version.artifact));
  if (!index) problems.push_back({ref, "its index " + version.artifact.value() + " is missing"});
  for (const model::ArtifactFile& file : files.files) {
    ASSIGN_OR_RETURN(const bool there, deps_.blobs.Has(file.digest));
    if (!there) {
      problems.push_back(
          {ref, "its file " + file.name + " (" + file.digest.value() + ") is missing"});
    }
  }
  return problems;
}

}  // namespace moorage::registry
