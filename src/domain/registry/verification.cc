#include "domain/registry/verification.h"

#include <string>
#include <utility>

#include "domain/registry/alias_table.h"
#include "domain/registry/version_table.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Result;
using base::Status;
using store::Access;
using store::BlobInfo;
using store::InTransaction;
using store::Transaction;

// One version and its files as the database has them, read in one transaction.
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

// An alias and its history are written in one transaction. If they differ, another program wrote.
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

Result<std::vector<base::Detail>> CheckFiles(store::BlobStore& blobs, const ModelVersion& version,
                                             const model::ArtifactIndex& files) {
  std::vector<base::Detail> problems;
  const std::string ref = Format(version.name, version.version);
  if (files.digest() != version.artifact) {
    problems.push_back(
        {ref, "its list of files is not that of artifact " + version.artifact.value()});
  }
  ASSIGN_OR_RETURN(const bool index, blobs.Has(version.artifact));
  if (!index) problems.push_back({ref, "its index " + version.artifact.value() + " is missing"});
  for (const model::ArtifactFile& file : files.files) {
    ASSIGN_OR_RETURN(const bool there, blobs.Has(file.digest));
    if (!there) {
      problems.push_back(
          {ref, "its file " + file.name + " (" + file.digest.value() + ") is missing"});
    }
  }
  return problems;
}

Result<bool> IsThere(store::Database& database, const ModelVersion& version) {
  const auto found = InTransaction(database, Access::kRead, [&](Transaction& transaction) {
    return FindVersion(transaction, version.name, version.version);
  });
  if (found.ok()) return true;
  if (found.error().code == Code::kNotFound) return false;
  return found.error();
}

}  // namespace

Result<VerifyReport> Verify(store::Database& database, store::BlobStore& blob_store,
                            const base::CancelToken& cancel) {
  VerifyReport report;
  if (const Status intact = database.CheckIntegrity(); !intact.ok()) {
    // A database that is busy or unreachable was not checked, which is an error and not a finding.
    if (intact.error().code != Code::kCorrupt) return intact.error();
    report.problems = intact.error().details;
    if (report.problems.empty()) report.problems.push_back({"database", intact.error().message});
    // A damaged database does not show which blobs are needed, so every further finding would be
    // unreliable.
    return report;
  }
  ASSIGN_OR_RETURN(report.problems, InTransaction(database, Access::kRead, &CheckAliases));
  ASSIGN_OR_RETURN(const std::vector<BlobInfo> blobs, blob_store.List());
  for (const BlobInfo& blob : blobs) {
    RETURN_IF_ERROR(cancel.Check());
    const auto bytes = blob_store.Get(blob.digest, blob.size);
    if (!bytes.ok()) {
      const base::Error& error = bytes.error();
      // The store does not respond, so nothing is known about the blob.
      if (error.code == Code::kUnavailable) return error;
      // A collection has removed the blob since it was listed.
      if (error.code == Code::kNotFound) continue;
      report.problems.push_back({blob.digest.value(), "is corrupt: " + error.message});
    }
    ++report.blobs;
    report.bytes += blob.size;
  }
  ASSIGN_OR_RETURN(const std::vector<StoredVersion> versions,
                   InTransaction(database, Access::kRead, &ReadEveryVersion));
  for (const StoredVersion& stored : versions) {
    ++report.versions;
    ASSIGN_OR_RETURN(const std::vector<base::Detail> problems,
                     CheckFiles(blob_store, stored.version, stored.files));
    // A version that was deleted and collected since it was read misses nothing.
    if (!problems.empty()) {
      ASSIGN_OR_RETURN(const bool there, IsThere(database, stored.version));
      if (!there) continue;
    }
    report.problems.insert(report.problems.end(), problems.begin(), problems.end());
  }
  return report;
}

}  // namespace moorage::registry
