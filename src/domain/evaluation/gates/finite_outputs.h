#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// Always: no answer is NaN, an infinity or a label that the model does not have.
class FiniteOutputs : public Gate {
 public:
  std::string_view name() const override { return "finite_outputs"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
