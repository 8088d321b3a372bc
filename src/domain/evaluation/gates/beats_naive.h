#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// The policy `beats_naive`. The candidate must be better than the naive model on the same rows, and
// by at least min_gain. INCONCLUSIVE where nothing could beat it because all targets are equal, and
// where chance explains the gain with a probability above the level of the policy (chance.h).
// ERROR if a metric was not measured or is not defined.
class BeatsNaive : public Gate {
 public:
  std::string_view name() const override { return "beats_naive"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
