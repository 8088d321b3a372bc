#pragma once

// Points an alias back. The use case behind `moorage rollback`.

#include <optional>
#include <string>

#include "domain/registry/registry.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::control {

struct RollBackRequest {
  model::ModelName name;
  model::Alias alias;
  std::optional<model::SemVer> to;             // unset: the version before
  std::optional<registry::Expected> expected;  // unset: any current target
  std::string reason;
  std::string actor;
};

// The version must be one that the alias pointed to before. It needs no new evidence. Errors are
// those of Registry::RollBack. Safe from any thread.
class RollBack {
 public:
  struct Deps {
    registry::Registry& registry;
  };

  explicit RollBack(Deps deps) : deps_(deps) {}

  base::Result<registry::Moved> Run(const RollBackRequest& request);

 private:
  const Deps deps_;
};

}  // namespace moorage::control
