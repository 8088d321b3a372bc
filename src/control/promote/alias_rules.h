#pragma once

// Reads and sets the rules of aliases. The use case behind `moorage alias rule`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"

namespace moorage::control {

// What changes in a rule. A member without a value stays as it is.
struct RuleRequest {
  model::ModelName name;
  model::Alias alias;
  bool standard = false;                     // puts the standard rule back, and nothing else
  std::optional<std::string_view> policy{};  // JSON or YAML
  std::optional<registry::ProofNeeded> proof{};
  std::optional<std::uint64_t> fewest_rows{};
  std::optional<base::Duration> fresh_for{};  // zero for no limit
  std::optional<bool> against_current{};
  std::string reason{};
  std::string actor{};
};

// Safe from any thread.
class AliasRules {
 public:
  struct Deps {
    registry::Registry& registry;
  };

  explicit AliasRules(Deps deps) : deps_(deps) {}

  // The rule that holds, set or standard. kNotFound if there is no such model.
  base::Result<registry::AliasRule> Read(const model::ModelName& name, const model::Alias& alias);
  // Returns the rule that holds from now on. kInvalid if the policy is broken, or if nothing
  // changes.
  base::Result<registry::AliasRule> Set(const RuleRequest& request);

 private:
  const Deps deps_;
};

}  // namespace moorage::control
