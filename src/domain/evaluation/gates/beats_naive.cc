#include "domain/evaluation/gates/beats_naive.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "domain/evaluation/chance.h"
#include "domain/evaluation/metric.h"

namespace moorage::evaluation {
namespace {

template <typename T>
bool AllEqual(const std::vector<T>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](const T& value) { return value == values.front(); });
}

// A metric that is better by the measured values, but perhaps by chance.
struct Doubt {
  std::string metric;
  double p;
};

Outcome Judged(double gain, double min_gain, double slack) {
  if (!std::isfinite(gain)) return Outcome::kError;
  // A gain of 0 is as good as knowing nothing, also where min_gain is 0. A gain within the slack is
  // rounding.
  const bool better = gain > slack && gain + slack >= min_gain;
  return better ? Outcome::kPass : Outcome::kFail;
}

// "; chance explains accuracy with a probability of 0.21, and the policy allows 0.05"
std::string DoubtText(const std::vector<Doubt>& doubts, double level) {
  std::string text;
  for (const Doubt& doubt : doubts) {
    text += "; chance explains " + doubt.metric + " with a probability of " + ExactText(doubt.p) +
            ", and the policy allows " + ExactText(level);
  }
  return text;
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
  json::Json chances = json::Json::object();
  std::vector<Measurement> measurements;
  std::vector<Doubt> doubts;
  for (const std::string& metric : metrics) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    const double value = candidate.metrics.Find(metric).value_or(kNan);
    const double other = candidate.naive.Find(metric).value_or(kNan);
    const auto kind = ParseMetricName(metric);
    const double gain = kind.ok() ? Gain(kind->direction, value, other) : kNan;
    const bool higher = kind.ok() && kind->direction == Direction::kHigherIsBetter;
    const double threshold = higher ? other + rule.min_gain : other - rule.min_gain;
    const std::string strict = higher ? ">" : "<";
    measurements.push_back(
        {.metric = metric,
         .value = value,
         .comparison = rule.min_gain > 0 ? strict + "=" : strict,
         .threshold = threshold,
         .outcome = Judged(gain, rule.min_gain, RoundingSlack(metric, value, other))});
    naive[metric] = NumberOrNull(other);
    // A test says nothing more about a metric that is not better.
    if (measurements.back().outcome != Outcome::kPass) continue;
    const auto chance = ChanceOf(candidate, metric, rule.level);
    if (!chance) continue;
    chances[metric] = {
        {"p", chance->p}, {"test", chance->test}, {"permutations", chance->permutations}};
    if (chance->p <= rule.level) continue;
    measurements.back().outcome = Outcome::kInconclusive;
    doubts.push_back({metric, chance->p});
  }
  report = Summarise(name(), std::move(measurements));
  report.message +=
      regression ? " (naive: always the mean target)" : " (naive: always the most frequent label)";
  if (report.outcome == Outcome::kInconclusive) report.message += DoubtText(doubts, rule.level);
  report.evidence = {{"naive", std::move(naive)},
                     {"min_gain", rule.min_gain},
                     {"level", rule.level},
                     {"chance", std::move(chances)}};
  return report;
}

}  // namespace moorage::evaluation
