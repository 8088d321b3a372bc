#pragma once

// Serves the versions that a registry says should be served.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/registry/registry.h"
#include "domain/serving/models/model_source.h"
#include "foundation/base/change_watch.h"
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

  // `changes` watches the registry's database.
  RegistryModelSource(
      Options options, registry::Registry& registry,
      std::unique_ptr<base::ChangeWatch> changes = std::make_unique<base::WakeOnlyWatch>())
      : options_(std::move(options)), registry_(registry), changes_(std::move(changes)) {}

  // The id of the registry's newest event, so that a change by any process is seen.
  base::Result<std::uint64_t> Generation() override;
  base::Result<std::vector<models::WantedModel>> Wanted() override;
  base::Result<model::Artifact> Fetch(const model::ModelName& name,
                                      const models::WantedVersion& version) override;
  std::optional<std::string> NeverServes(const model::Alias& alias) const override;
  // Reports are rows of the registry. One that this program does not read is as good as none.
  base::Result<std::optional<servable::ProbeReport>> FindReport(
      const model::Digest& artifact, const servable::ProbeKey& key) override;
  base::Status KeepReport(const model::Digest& artifact, const servable::ProbeKey& key,
                          const servable::ProbeReport& report) override;
  base::ChangeWatch& changes() override { return *changes_; }

 private:
  base::Result<models::WantedModel> WantedOf(const registry::ModelSummary& summary);

  const Options options_;
  registry::Registry& registry_;
  const std::unique_ptr<base::ChangeWatch> changes_;
};

}  // namespace moorage::control
