#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// Policy `compare`: the candidate against a baseline on the same rows (paired). Without a baseline
// there is nothing to compare: PASS with evidence {"applicable": false} if the policy asks for
// something absolute as well, else INCONCLUSIVE. INCONCLUSIVE too if there is a baseline that could
// not be measured: a comparison that was asked for and not made is no PASS. ERROR if the baseline
// answered other data, or if a metric is not defined on either side. Evidence: the baseline's
// values and, for classifiers, how often only one of the two was right.
class BaselineComparison : public Gate {
 public:
  std::string_view name() const override { return "baseline_comparison"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
