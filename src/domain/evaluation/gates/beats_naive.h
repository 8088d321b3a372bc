#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// Policy `beats_naive`: better than the model that always gives the same answer, on the same rows:
// strictly better, and by at least min_gain. INCONCLUSIVE where nothing could beat it because all
// targets are equal. ERROR if a metric was not measured or is not defined.
class BeatsNaive : public Gate {
 public:
  std::string_view name() const override { return "beats_naive"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
