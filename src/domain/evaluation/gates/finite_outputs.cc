#include "domain/evaluation/gates/finite_outputs.h"

namespace moorage::evaluation {

std::optional<GateReport> FiniteOutputs::Judge(const GateInput& input) const {
  const Evaluation& candidate = input.candidate;
  GateReport report{.gate = std::string(name()),
                    .outcome = Outcome::kPass,
                    .message = "all " + std::to_string(candidate.rows) + " answers are valid",
                    .measurements = {}};
  report.evidence = {{"rows", candidate.rows}, {"invalid_rows", candidate.invalid_rows}};
  if (candidate.invalid_rows == 0) return report;
  report.outcome = Outcome::kFail;
  report.message = std::to_string(candidate.invalid_rows) + " of " +
                   std::to_string(candidate.rows) + " answers are invalid; row " +
                   std::to_string(candidate.invalid.front().row) + ": " +
                   candidate.invalid.front().problem;
  json::Json rows = json::Json::array();
  for (const InvalidRow& row : candidate.invalid) {
    rows.push_back({{"row", row.row}, {"problem", row.problem}});
  }
  report.evidence["invalid"] = std::move(rows);
  return report;
}

}  // namespace moorage::evaluation
