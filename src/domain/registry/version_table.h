#pragma once

// Rows of the table `versions`. Functions over one transaction.

#include <optional>
#include <string_view>
#include <vector>

#include "domain/registry/audit_trail.h"
#include "domain/registry/model_version.h"
#include "domain/registry/registry_types.h"
#include "domain/registry/row_mapping.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "platform/store/database.h"

namespace moorage::registry {

// Versions and the files of their artifacts, inside a transaction of the caller. version_state.h
// has the moves of a row. A deleted row is never removed.

struct ReservationRequest {
  const model::ModelName& name;
  const model::SemVer& version;
  std::string_view actor;
  std::string_view token;
  Takeover takeover;
  // What the push will publish. Pushes of one artifact under one version share a reservation.
  std::optional<model::Digest> artifact = {};
};
base::Result<Reservation> ReserveVersion(store::Transaction& transaction, AuditTrail& audit,
                                         const ReservationRequest& request);

// Pending -> ready. The caller has made sure that the blobs are there.
base::Result<Published> PublishVersion(store::Transaction& transaction, AuditTrail& audit,
                                       const Reservation& reservation,
                                       const model::ArtifactIndex& artifact,
                                       std::string_view checks);
base::Status RejectVersion(store::Transaction& transaction, AuditTrail& audit,
                           const Reservation& reservation, std::string_view reason);
base::Status DeleteVersion(store::Transaction& transaction, AuditTrail& audit,
                           const ModelVersion& version, std::string_view actor,
                           std::string_view reason);

// The ready version with its aliases. Otherwise kNotFound, which states whether it was deleted.
base::Result<ModelVersion> FindVersion(store::Transaction& transaction,
                                       const model::ModelName& name, const model::SemVer& version);
// kNotFound if the model was never registered.
base::Status CheckModelExists(store::Transaction& transaction, const model::ModelName& name);
// Ready ones by precedence, newest last. kNotFound if the model was never registered.
base::Result<std::vector<ModelVersion>> ReadVersions(store::Transaction& transaction,
                                                     const model::ModelName& name);
base::Result<std::vector<ModelSummary>> ReadModels(store::Transaction& transaction);

// The highest release of `versions` (sorted by precedence), else the highest of all.
const ModelVersion* LatestOf(const std::vector<ModelVersion>& versions);

// Every digest that a ready version needs, indexes included, sorted.
base::Result<std::vector<model::Digest>> LiveDigests(store::Transaction& transaction);
// The files of one artifact as they were published.
base::Result<model::ArtifactIndex> ReadArtifactFiles(store::Transaction& transaction,
                                                     const model::Digest& artifact);

}  // namespace moorage::registry
