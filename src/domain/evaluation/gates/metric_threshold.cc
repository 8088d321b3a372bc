#include "domain/evaluation/gates/metric_threshold.h"

#include <cmath>
#include <limits>

namespace moorage::evaluation {

std::optional<GateReport> MetricThreshold::Judge(const GateInput& input) const {
  if (input.policy.metrics.empty()) return std::nullopt;
  // finite_outputs fails such a candidate. INCONCLUSIVE is milder, so the verdict stays FAIL.
  if (input.candidate.invalid_rows > 0) {
    return GateReport{.gate = std::string(name()),
                      .outcome = Outcome::kInconclusive,
                      .message = "nothing was measured: the model gave invalid answers",
                      .measurements = {}};
  }
  std::vector<Measurement> measurements;
  for (const auto& [metric, bound] : input.policy.metrics) {
    const double value =
        input.candidate.metrics.Find(metric).value_or(std::numeric_limits<double>::quiet_NaN());
    const auto add = [&](std::string comparison, double threshold, bool holds) {
      // A comparison with NaN is false. A metric that is not defined is an ERROR and no FAIL of the
      // model.
      const Outcome outcome = holds ? Outcome::kPass : Outcome::kFail;
      measurements.push_back({metric, value, std::move(comparison), threshold,
                              std::isfinite(value) ? outcome : Outcome::kError});
    };
    if (bound.min)
      add(">=", *bound.min, value + RoundingSlack(metric, value, *bound.min) >= *bound.min);
    if (bound.max)
      add("<=", *bound.max, value - RoundingSlack(metric, value, *bound.max) <= *bound.max);
  }
  return Summarise(name(), std::move(measurements));
}

}  // namespace moorage::evaluation
