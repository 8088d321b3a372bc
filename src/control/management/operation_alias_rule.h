#pragma once

#include <string>

#include "control/management/operations.h"
#include "control/promote/alias_rules.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

// Two operations. One shows the rule of an alias, the other sets it. Body of the second: standard,
// policy (a document, or its text as YAML), proof, fewest_rows, fresh_for, baseline, reason. All
// are optional, and what is absent stays.
namespace moorage::management {

// An order, and the text that its policy views once the order stays in its place.
struct RuleOrder {
  control::RuleRequest request;
  std::string policy;
};

base::Result<RuleOrder> ReadRuleOrder(const model::ApiCall& call);

}  // namespace moorage::management
