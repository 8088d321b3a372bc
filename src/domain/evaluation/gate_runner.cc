#include "domain/evaluation/gate_runner.h"

#include <utility>

namespace moorage::evaluation {

Verdict RunGates(std::span<const std::unique_ptr<const Gate>> gates, const GateInput& input) {
  Verdict verdict;
  for (const auto& gate : gates) {
    auto report = gate->Judge(input);
    if (!report) continue;
    // The first report replaces the ERROR that a verdict without gates has.
    verdict.outcome =
        verdict.gates.empty() ? report->outcome : Worse(verdict.outcome, report->outcome);
    verdict.gates.push_back(std::move(*report));
  }
  return verdict;
}

int ExitCode(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return 0;
    case Outcome::kFail:
      return 1;
    case Outcome::kInconclusive:
      return 2;
    case Outcome::kError:
      break;
  }
  return 3;
}

}  // namespace moorage::evaluation
