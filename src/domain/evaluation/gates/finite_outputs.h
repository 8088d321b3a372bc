#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// Judges always. No answer may be NaN, an infinity or an unknown label.
class FiniteOutputs : public Gate {
 public:
  std::string_view name() const override { return "finite_outputs"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
