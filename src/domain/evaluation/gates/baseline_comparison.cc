#include "domain/evaluation/gates/baseline_comparison.h"

#include <cmath>
#include <limits>

#include "domain/evaluation/metric.h"
#include "foundation/statistics/mcnemar.h"
#include "foundation/statistics/non_inferiority.h"

namespace moorage::evaluation {
namespace {

GateReport Plain(std::string_view gate, Outcome outcome, std::string message) {
  return {.gate = std::string(gate),
          .outcome = outcome,
          .message = std::move(message),
          .measurements = {}};
}

Measurement Compare(const std::string& metric, const Change& change, double value,
                    double baseline) {
  const auto kind = ParseMetricName(metric);
  const bool higher = !kind.ok() || kind->direction == Direction::kHigherIsBetter;
  const double gain =
      kind.ok() ? Gain(kind->direction, value, baseline) : std::numeric_limits<double>::quiet_NaN();
  // Both forms of the rule are a least gain. A loss that is allowed is a negative gain.
  const double least = change.min_gain ? *change.min_gain : -change.max_loss.value_or(0);
  // A comparison with NaN is false and would be a FAIL, so a metric that is not defined is an ERROR
  // below.
  const double slack = RoundingSlack(metric, value, baseline);
  const Outcome judged = gain + slack >= least ? Outcome::kPass : Outcome::kFail;
  return {.metric = metric,
          .value = value,
          .comparison = higher ? ">=" : "<=",
          .threshold = higher ? baseline + least : baseline - least,
          .outcome = std::isfinite(gain) ? judged : Outcome::kError};
}

// How often exactly one of the two classifiers was right, and how likely a difference at least as
// uneven is if they are equally good.
statistics::PairedAnswers CountPairs(const Evaluation& candidate, const Evaluation& baseline) {
  const auto& truth = candidate.classification.y_true;
  statistics::PairedAnswers pairs{.rows = truth.size()};
  for (std::size_t row = 0; row < truth.size(); ++row) {
    // Compares each by its own class numbers, because two versions may list their labels in another
    // order.
    const bool ours = candidate.classification.y_pred[row] == truth[row];
    const bool theirs = baseline.classification.y_pred[row] == baseline.classification.y_true[row];
    if (ours && !theirs) ++pairs.only_first;
    if (theirs && !ours) ++pairs.only_second;
  }
  return pairs;
}

json::Json PairedEvidence(const statistics::PairedAnswers& pairs) {
  return {{"only_candidate_right", pairs.only_first},
          {"only_baseline_right", pairs.only_second},
          {"mcnemar_exact_p", statistics::McNemarExact(pairs.only_first, pairs.only_second)}};
}

// Makes a PASS of measured values INCONCLUSIVE where these rows do not show that the candidate is
// not worse by the margin. Adds a sentence about the rows that would show it.
void JudgeMargin(const Change& change, const statistics::PairedAnswers& pairs, GateReport& report) {
  const double p = statistics::NonInferiorityP(pairs, *change.max_loss);
  report.evidence["not_inferior"] = {
      {"p", p}, {"margin", *change.max_loss}, {"level", *change.level}};
  if (report.outcome != Outcome::kPass || p <= *change.level) return;
  const double rows = statistics::RowsToDecide(pairs, *change.max_loss, *change.level);
  report.evidence["not_inferior"]["rows_to_decide"] = rows > 0 ? json::Json(rows) : nullptr;
  report.outcome = Outcome::kInconclusive;
  for (Measurement& measurement : report.measurements) {
    if (measurement.metric == "accuracy") measurement.outcome = Outcome::kInconclusive;
  }
  report.message = std::to_string(pairs.rows) +
                   " rows do not show that accuracy falls by less than " +
                   ExactText(*change.max_loss) + " (p " + ExactText(p) + ", at most " +
                   ExactText(*change.level) + ")" +
                   (rows > 0 ? "; about " + ExactText(rows) + " rows like these would" : "");
}

}  // namespace

std::optional<GateReport> BaselineComparison::Judge(const GateInput& input) const {
  if (input.policy.compare.empty()) return std::nullopt;
  // A version is in production, so a PASS here would promote without the comparison that the policy
  // asks for.
  if (input.baseline == nullptr && !input.not_compared.empty()) {
    GateReport report = Plain(name(), Outcome::kInconclusive,
                              "not made: " + std::string(input.not_compared) +
                                  "; validate with the baseline none if no comparison is wanted");
    report.evidence = {{"applicable", true}};
    return report;
  }
  if (input.baseline == nullptr) {
    // A first version cannot be compared. It must show something else, or any model would pass.
    const bool judged = input.policy.has_absolute_gate();
    GateReport report =
        Plain(name(), judged ? Outcome::kPass : Outcome::kInconclusive,
              judged ? "not applicable: there is no baseline yet"
                     : "there is no baseline yet, and the policy asks for nothing else; a first "
                       "version needs a bound on a metric or beats_naive");
    report.evidence = {{"applicable", false}};
    return report;
  }
  const Evaluation& candidate = input.candidate;
  const Evaluation& baseline = *input.baseline;
  // The comparison is paired, row by row.
  if (candidate.dataset != baseline.dataset || candidate.rows != baseline.rows ||
      candidate.task != baseline.task) {
    return Plain(name(), Outcome::kError,
                 "the baseline was measured on other data or for another task");
  }
  if (candidate.invalid_rows > 0 || baseline.invalid_rows > 0) {
    return Plain(name(), Outcome::kInconclusive,
                 std::string("nothing was compared: the ") +
                     (candidate.invalid_rows > 0 ? "candidate" : "baseline") +
                     " gave invalid answers");
  }
  json::Json values = json::Json::object();
  std::vector<Measurement> measurements;
  for (const auto& [metric, change] : input.policy.compare) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    const double before = baseline.metrics.Find(metric).value_or(kNan);
    measurements.push_back(
        Compare(metric, change, candidate.metrics.Find(metric).value_or(kNan), before));
    values[metric] = NumberOrNull(before);
  }
  GateReport report = Summarise(name(), std::move(measurements));
  report.evidence = {{"applicable", true}, {"baseline", std::move(values)}};
  if (candidate.task == model::Task::kClassification) {
    const statistics::PairedAnswers pairs = CountPairs(candidate, baseline);
    report.evidence["paired"] = PairedEvidence(pairs);
    const auto accuracy = input.policy.compare.find("accuracy");
    if (accuracy != input.policy.compare.end() && accuracy->second.level) {
      JudgeMargin(accuracy->second, pairs, report);
    }
  }
  return report;
}

}  // namespace moorage::evaluation
