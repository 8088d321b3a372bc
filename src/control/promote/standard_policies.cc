#include "control/promote/standard_policies.h"

#include "domain/evaluation/policy.h"
#include "foundation/model/manifest.h"

namespace moorage::control {

std::vector<model::Digest> StandardPolicies() {
  return {evaluation::DefaultPolicy(model::Task::kClassification).digest(),
          evaluation::DefaultPolicy(model::Task::kRegression).digest()};
}

}  // namespace moorage::control
