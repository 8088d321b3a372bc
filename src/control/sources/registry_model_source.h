#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/registry/registry.h"
#include "domain/serving/models/model_source.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"

namespace moorage::control {

// What a server serves out of the registry: of every model the versions behind the configured
// aliases, the versions that `production` would roll back to (loaded, so that a roll-back is
// instant), and the version that the configuration names itself.
class RegistryModelSource : public models::ModelSource {
 public:
  struct Options {
    std::vector<model::Alias> aliases;
    std::uint32_t keep_previous = 1;
    // serving.default_model; matters only if it names a version, which then is served without an
    // alias.
    std::optional<model::ModelRef> default_model;
  };

  RegistryModelSource(Options options, registry::Registry& registry)
      : options_(std::move(options)), registry_(registry) {}

  // The id of the registry's newest event: any process's change is seen.
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
