#pragma once

// Points an alias to a version. The use case behind `moorage promote`.

#include <optional>
#include <string>

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

// The version must have a PASS for exactly its bytes. With the rule waived it may be any version,
// and the audit log shows the reason. Errors are those of Registry::Promote. A waived rule without
// a reason is kInvalid.
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
