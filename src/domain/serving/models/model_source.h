#pragma once

// Where the manager of models learns what to serve and gets it from. Another room implements it
// over the registry or over files. Generation(), Wanted() and changes().Wait() are called on the
// manager's thread. Any thread may call the other members, and several at once.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/serving/servable/prober.h"
#include "foundation/base/change_watch.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/model_ref.h"

namespace moorage::models {

struct WantedAlias {
  model::Alias alias;
  model::SemVer version;
};

struct WantedVersion {
  model::SemVer version;
  model::Digest digest;
};

// What should be served of one model. `versions` holds every target of `aliases`, and those that
// are kept warm for a roll-back.
struct WantedModel {
  model::ModelName name;
  std::vector<WantedAlias> aliases;
  std::vector<WantedVersion> versions;
};

class ModelSource {
 public:
  virtual ~ModelSource() = default;

  // Changes whenever Wanted() may return something else. Cheap, because it is asked after each wait
  // for changes().
  virtual base::Result<std::uint64_t> Generation() = 0;
  virtual base::Result<std::vector<WantedModel>> Wanted() = 0;
  // The verified bytes of a wanted version.
  virtual base::Result<model::Artifact> Fetch(const model::ModelName& name,
                                              const WantedVersion& version) = 0;

  // Why nothing is served under this alias, whatever it points to. Nothing if it is served.
  virtual std::optional<std::string> NeverServes(const model::Alias& /*alias*/) const {
    return std::nullopt;
  }

  // The stored report on the trial runs of an artifact. Nothing if there is none for this engine
  // and processor, or if nothing is stored.
  virtual base::Result<std::optional<servable::ProbeReport>> FindReport(
      const model::Digest& /*artifact*/, const servable::ProbeKey& /*key*/) {
    return std::nullopt;
  }
  virtual base::Status KeepReport(const model::Digest& /*artifact*/,
                                  const servable::ProbeKey& /*key*/,
                                  const servable::ProbeReport& /*report*/) {
    return {};
  }

  // The manager's thread waits here between two rounds. Any thread may wake it.
  virtual base::ChangeWatch& changes() = 0;
};

}  // namespace moorage::models
