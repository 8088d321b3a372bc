#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// The policy `compare`. Compares the candidate with a baseline on the same rows (paired).
// - Without a baseline it is PASS with the evidence {"applicable": false}, if the policy also asks
// for something absolute. Otherwise it is INCONCLUSIVE.
// - It is INCONCLUSIVE if there is a baseline that could not be measured.
// - It is INCONCLUSIVE if the policy states a level and the rows do not show that the loss is below
// the margin (statistics/non_inferiority.h). The message says how many rows would.
// - It is ERROR if the baseline answered other data, or if a metric is not defined on either side.
//
// The evidence has the values of the baseline and, for classifiers, how often only one of the two
// was right.
class BaselineComparison : public Gate {
 public:
  std::string_view name() const override { return "baseline_comparison"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
