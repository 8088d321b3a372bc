#pragma once

// Points an alias to a version. The use case behind `moorage promote`.

#include <optional>
#include <string>
#include <utility>

#include "domain/registry/registry.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"
#include "foundation/model/names.h"

namespace moorage::control {

struct PromoteRequest {
  model::ModelRef ref;  // a version, or an alias that points to one
  model::Alias alias;
  std::optional<registry::Expected> expected;  // unset: any current target
  registry::EvidenceRule rule = registry::EvidenceRule::kRequired;
  std::string reason;  // must not be blank if the rule is waived
  std::string actor;
  base::CancelToken cancel = {};
};

// The rule of the alias must allow it. With the rule waived it may be any version, and the audit
// log shows the reason. Errors are those of Registry::Promote. A waived rule without a reason is
// kInvalid.
class Promote {
 public:
  struct Deps {
    registry::Registry& registry;
    std::string engine = {};  // that serves, as in registry::Evidence. Empty if it is not known.
  };

  explicit Promote(Deps deps) : deps_(std::move(deps)) {}

  base::Result<registry::Moved> Run(const PromoteRequest& request);

 private:
  const Deps deps_;
};

}  // namespace moorage::control
