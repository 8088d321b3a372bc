#include "domain/evaluation/gates/beats_naive.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "domain/evaluation/metric.h"

namespace moorage::evaluation {
namespace {

template <typename T>
bool AllEqual(const std::vector<T>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](const T& value) { return value == values.front(); });
}

Outcome Judged(double gain, double min_gain) {
  if (!std::isfinite(gain)) return Outcome::kError;
  // A gain of 0 is as good as knowing nothing, also where min_gain is 0. A gain within the epsilon
  // is rounding.
  const bool better = gain > kGateEpsilon && gain + kGateEpsilon >= min_gain;
  return better ? Outcome::kPass : Outcome::kFail;
}

}  // namespace

std::optional<GateReport> BeatsNaive::Judge(const GateInput& input) const {
  if (!input.policy.beats_naive) return std::nullopt;
  const Evaluation& candidate = input.candidate;
  const NaiveRule& rule = *input.policy.beats_naive;
  GateReport report{.gate = std::string(name()),
                    .outcome = Outcome::kInconclusive,
                    .message = {},
                    .measurements = {}};
  // finite_outputs fails such a candidate. INCONCLUSIVE is milder, so the verdict stays FAIL.
  if (candidate.invalid_rows > 0) {
    report.message = "nothing was measured: the model gave invalid answers";
    return report;
  }
  const bool regression = candidate.task == model::Task::kRegression;
  if (regression ? AllEqual(candidate.regression.y_true)
                 : AllEqual(candidate.classification.y_true)) {
    report.message = "all targets are equal: always answering that is right, and cannot be beaten";
    return report;
  }
  const auto metrics = rule.metrics.empty() ? NaiveMetrics(candidate.task) : rule.metrics;
  json::Json naive = json::Json::object();
  std::vector<Measurement> measurements;
  for (const std::string& metric : metrics) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    const double value = candidate.metrics.Find(metric).value_or(kNan);
    const double other = candidate.naive.Find(metric).value_or(kNan);
    const auto kind = ParseMetricName(metric);
    const double gain = kind.ok() ? Gain(kind->direction, value, other) : kNan;
    const bool higher = kind.ok() && kind->direction == Direction::kHigherIsBetter;
    const double threshold = higher ? other + rule.min_gain : other - rule.min_gain;
    const std::string strict = higher ? ">" : "<";
    measurements.push_back({.metric = metric,
                            .value = value,
                            .comparison = rule.min_gain > 0 ? strict + "=" : strict,
                            .threshold = threshold,
                            .outcome = Judged(gain, rule.min_gain)});
    naive[metric] = NumberOrNull(other);
  }
  report = Summarise(name(), std::move(measurements));
  report.message +=
      regression ? " (naive: always the mean target)" : " (naive: always the most frequent label)";
  report.evidence = {{"naive", std::move(naive)}, {"min_gain", rule.min_gain}};
  return report;
}

}  // namespace moorage::evaluation
