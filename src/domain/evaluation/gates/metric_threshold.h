#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// The policy `metrics`. Every metric must lie within its bounds. ERROR if one was not measured or
// is not defined (NaN). INCONCLUSIVE if nothing was measured because answers are invalid, which
// finite_outputs reports.
class MetricThreshold : public Gate {
 public:
  std::string_view name() const override { return "metric_threshold"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
