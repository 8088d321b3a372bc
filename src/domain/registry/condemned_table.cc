#include "domain/registry/condemned_table.h"

#include <algorithm>
#include <string>

namespace moorage::registry {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::Digest;
using store::Statement;
using store::Transaction;

Status Condemn(Transaction& transaction, const Digest& digest, base::Time now) {
  RETURN_IF_ERROR(
      transaction.Execute("INSERT INTO condemned_blobs (digest, condemned_at) VALUES ($1, $2) "
                          "ON CONFLICT (digest) DO UPDATE SET condemned_at = excluded.condemned_at",
                          digest.value(), now));
  return {};
}

Status RemoveCondemned(Transaction& transaction, std::span<const Digest> digests) {
  for (const Digest& digest : digests) {
    RETURN_IF_ERROR(
        transaction.Execute("DELETE FROM condemned_blobs WHERE digest = $1", digest.value()));
  }
  return {};
}

Result<std::vector<CondemnedBlob>> ReadCondemned(Transaction& transaction) {
  std::vector<CondemnedBlob> blobs;
  RETURN_IF_ERROR(transaction.Query(
      "SELECT digest, condemned_at FROM condemned_blobs", [&](const Statement& row) -> Status {
        blobs.push_back({Digest(std::string(row.Text(0))), store::TimeAt(row, 1)});
        return {};
      }));
  std::ranges::sort(blobs, {}, &CondemnedBlob::digest);
  return blobs;
}

Status CheckNotCondemned(Transaction& transaction, const model::ArtifactIndex& artifact) {
  ASSIGN_OR_RETURN(const std::vector<CondemnedBlob> condemned, ReadCondemned(transaction));
  if (condemned.empty()) return {};
  std::vector<Digest> digests = {artifact.digest()};
  for (const model::ArtifactFile& file : artifact.files) digests.push_back(file.digest);
  for (const Digest& digest : digests) {
    if (std::ranges::binary_search(condemned, digest, {}, &CondemnedBlob::digest)) {
      return Error{Code::kConflict, "blob " + digest.value() +
                                        ": is removed by a collection at this moment; push again"};
    }
  }
  return {};
}

}  // namespace moorage::registry
