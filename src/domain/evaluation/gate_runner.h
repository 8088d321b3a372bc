#pragma once

#include <memory>
#include <span>
#include <vector>

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// The reports of all gates that had something to judge, and what they come to.
struct Verdict {
  Outcome outcome = Outcome::kError;
  std::vector<GateReport> gates;
};

// Asks every gate. The overall outcome is the worst (ERROR > FAIL > INCONCLUSIVE > PASS). It is
// ERROR if no gate judged anything.
Verdict RunGates(std::span<const std::unique_ptr<const Gate>> gates, const GateInput& input);

// The exit code of `moorage validate`. 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 3 ERROR.
int ExitCode(Outcome outcome);

}  // namespace moorage::evaluation
