#pragma once

// Reads models, versions and their differences. Pure reads of the registry. Safe from any thread.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domain/contract/signature_diff.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/model_ref.h"

namespace moorage::control {

struct ModelDetails {
  struct Row {
    registry::ModelVersion version;
    std::optional<registry::Evidence> validation;  // the newest
  };
  registry::ModelSummary summary;
  std::vector<Row> versions;  // the newest last
};

struct VersionDetails {
  registry::ModelVersion version;
  model::Manifest manifest;
  model::ArtifactIndex index;
  std::vector<registry::Evidence> evidence;  // newest first
};

struct VersionDiff {
  registry::ModelVersion from;
  registry::ModelVersion to;
  model::Manifest from_manifest;
  model::Manifest to_manifest;
  std::vector<contract::ContractChange> changes;  // for callers
  contract::Bump least = contract::Bump::kPatch;
};

// Changes nothing. Errors are the registry's. A model whose versions were all deleted is kNotFound,
// and the message tells it from one that was never registered.
class RegistryQueries {
 public:
  struct Deps {
    registry::Registry& registry;
  };

  explicit RegistryQueries(Deps deps) : deps_(deps) {}

  base::Result<std::vector<registry::ModelSummary>> Models();
  base::Result<ModelDetails> Model(const model::ModelName& name);
  base::Result<VersionDetails> Version(const model::ModelRef& ref);
  base::Result<VersionDiff> Diff(const model::ModelRef& from, const model::ModelRef& to);

 private:
  const Deps deps_;
};

}  // namespace moorage::control
