#pragma once

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// Policy `minimum_rows`: fewer rows are INCONCLUSIVE, not FAIL: they say nothing about the model.
class MinimumRows : public Gate {
 public:
  std::string_view name() const override { return "minimum_rows"; }
  std::optional<GateReport> Judge(const GateInput& input) const override;
};

}  // namespace moorage::evaluation
