#pragma once

#include <optional>
#include <string>

#include "domain/registry/registry.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"
#include "foundation/model/names.h"

namespace moorage::control {

struct PromoteRequest {
  model::ModelRef ref;  // a version, or an alias that points to one
  model::Alias alias;
  std::optional<registry::Expected> expected;  // nothing: whatever the alias points to now
  registry::EvidenceRule rule = registry::EvidenceRule::kRequired;
  std::string reason;  // must not be blank if the rule is waived
  std::string actor;
};

// Points an alias to a version that has a PASS for exactly its bytes; with the rule waived to any
// version, and then the audit log shows why. Errors are those of Registry::Promote.
class Promote {
 public:
  struct Deps {
    registry::Registry& registry;
  };

  explicit Promote(Deps deps) : deps_(deps) {}

  base::Result<registry::Moved> Run(const PromoteRequest& request);

 private:
  const Deps deps_;
};

}  // namespace moorage::control
