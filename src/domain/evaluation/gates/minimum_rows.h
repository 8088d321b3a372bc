#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// The policy `minimum_rows`. Fewer rows are INCONCLUSIVE and not FAIL, because they show nothing
// about the model.
class MinimumRows : public Gate {
 public:
  std::string_view name() const override { return "minimum_rows"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
