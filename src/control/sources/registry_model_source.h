#pragma once

// Serves the versions that a registry says should be served.

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/registry/registry.h"
#include "domain/serving/models/model_source.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"

namespace moorage::control {

// Of every model it serves these versions:
//  - The versions behind the configured aliases.
//  - The versions that `production` would roll back to. They are loaded, so that a rollback is
//    instant.
//  - The version that the configuration names itself.
class RegistryModelSource : public models::ModelSource {
 public:
  struct Options {
    std::vector<model::Alias> aliases;
    std::uint32_t keep_previous = 1;
    // serving.default_model. If it names a version, that version is served without an alias.
    std::optional<model::ModelRef> default_model;
  };

  RegistryModelSource(Options options, registry::Registry& registry)
      : options_(std::move(options)), registry_(registry) {}

  // The id of the registry's newest event, so that a change by any process is seen.
  base::Result<std::uint64_t> Generation() override;
  base::Result<std::vector<models::WantedModel>> Wanted() override;
  base::Result<model::Artifact> Fetch(const model::ModelName& name,
                                      const models::WantedVersion& version) override;

 private:
  base::Result<models::WantedModel> WantedOf(const registry::ModelSummary& summary);

  const Options options_;
  registry::Registry& registry_;
};

}  // namespace moorage::control
