#pragma once

// Points an alias back. The use case behind `moorage rollback`.

#include "domain/registry/registry.h"
#include "foundation/base/result.h"

namespace moorage::control {

// The version must be one that the alias pointed to before. It needs no new evidence. Errors are
// those of Registry::RollBack. Safe from any thread.
class RollBack {
 public:
  struct Deps {
    registry::Registry& registry;
  };

  explicit RollBack(Deps deps) : deps_(deps) {}

  base::Result<registry::Moved> Run(const registry::Rollback& rollback);

 private:
  const Deps deps_;
};

}  // namespace moorage::control
