#include "domain/evaluation/gates/minimum_rows.h"

namespace moorage::evaluation {

std::optional<GateReport> MinimumRows::Judge(const GateInput& input) const {
  if (!input.policy.minimum_rows) return std::nullopt;
  const std::uint64_t minimum = *input.policy.minimum_rows;
  // Too few rows are no FAIL, because they prove nothing against the model.
  const bool enough = input.candidate.rows >= minimum;
  return GateReport{
      .gate = std::string(name()),
      .outcome = enough ? Outcome::kPass : Outcome::kInconclusive,
      .message = std::to_string(input.candidate.rows) + " rows, at least " +
                 std::to_string(minimum) + (enough ? " were asked for" : " are needed to decide"),
      .measurements = {{.metric = "rows",
                        .value = static_cast<double>(input.candidate.rows),
                        .comparison = ">=",
                        .threshold = static_cast<double>(minimum),
                        .outcome = enough ? Outcome::kPass : Outcome::kInconclusive}}};
}

}  // namespace moorage::evaluation
