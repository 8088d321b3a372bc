#include "control/queries/registry_queries.h"

#include <utility>

namespace moorage::control {

using base::Code;
using base::Error;
using base::Result;

Result<std::vector<registry::ModelSummary>> RegistryQueries::Models() {
  return deps_.registry.Models();
}

Result<ModelDetails> RegistryQueries::Model(const model::ModelName& name) {
  // Versions() is asked first, because it is the call that fails for a model that was never
  // registered.
  ASSIGN_OR_RETURN(std::vector<registry::ModelVersion> versions, deps_.registry.Versions(name));
  ASSIGN_OR_RETURN(std::vector<registry::ModelSummary> models, deps_.registry.Models());
  for (registry::ModelSummary& summary : models) {
    if (summary.name != name) continue;
    ModelDetails details{.summary = std::move(summary), .versions = {}};
    for (registry::ModelVersion& version : versions) {
      ASSIGN_OR_RETURN(std::vector<registry::Evidence> evidence,
                       deps_.registry.EvidenceFor(name, version.version));
      ModelDetails::Row row{.version = std::move(version), .validation = std::nullopt};
      for (registry::Evidence& one : evidence) {
        // The evidence is newest first, and only the newest validation counts for a promotion.
        if (one.kind == registry::kValidateEvidence && one.artifact == row.version.artifact) {
          row.validation = std::move(one);
          break;
        }
      }
      details.versions.push_back(std::move(row));
    }
    return details;
  }
  return Error{Code::kNotFound, "model " + name.value() +
                                    ": all of its versions were deleted; its history and the audit "
                                    "log are still there"};
}

Result<VersionDetails> RegistryQueries::Version(const model::ModelRef& ref) {
  ASSIGN_OR_RETURN(registry::ModelVersion version, deps_.registry.Resolve(ref));
  ASSIGN_OR_RETURN(model::Manifest manifest, deps_.registry.LoadManifest(version));
  ASSIGN_OR_RETURN(model::ArtifactIndex index, deps_.registry.LoadIndex(version));
  ASSIGN_OR_RETURN(std::vector<registry::Evidence> evidence,
                   deps_.registry.EvidenceFor(version.name, version.version));
  return VersionDetails{std::move(version), std::move(manifest), std::move(index),
                        std::move(evidence)};
}

Result<VersionDiff> RegistryQueries::Diff(const model::ModelRef& from, const model::ModelRef& to) {
  ASSIGN_OR_RETURN(registry::ModelVersion from_version, deps_.registry.Resolve(from));
  ASSIGN_OR_RETURN(registry::ModelVersion to_version, deps_.registry.Resolve(to));
  ASSIGN_OR_RETURN(model::Manifest from_manifest, deps_.registry.LoadManifest(from_version));
  ASSIGN_OR_RETURN(model::Manifest to_manifest, deps_.registry.LoadManifest(to_version));
  auto changes = contract::Diff(from_manifest, to_manifest);
  const contract::Bump least = contract::LeastBump(changes);
  return VersionDiff{.from = std::move(from_version),
                     .to = std::move(to_version),
                     .from_manifest = std::move(from_manifest),
                     .to_manifest = std::move(to_manifest),
                     .changes = std::move(changes),
                     .least = least};
}

}  // namespace moorage::control
