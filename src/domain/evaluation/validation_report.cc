#include "domain/evaluation/validation_report.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "foundation/base/units.h"

namespace moorage::evaluation {
namespace {

using json::Json;

Json LabelJson(const model::Labels& labels, std::size_t index) {
  return std::visit([&](const auto& list) { return Json(list[index]); }, labels);
}

Json LabelsJson(const model::Labels& labels) {
  return std::visit([](const auto& list) { return Json(list); }, labels);
}

// A report lists no more classes, because it is stored, sent and read as a whole.
constexpr std::size_t kMostClasses = ConfusionMatrix::kMostDense;

// All classes, or the kMostClasses that are true most often. Ascending.
std::vector<std::size_t> ListedClasses(const ClassificationAnswers& answers) {
  std::vector<std::size_t> classes(answers.per_class.size());
  std::iota(classes.begin(), classes.end(), std::size_t{0});
  if (classes.size() <= kMostClasses) return classes;
  std::ranges::stable_sort(classes, std::ranges::greater(),
                           [&](std::size_t label) { return answers.per_class[label].support; });
  classes.resize(kMostClasses);
  std::ranges::sort(classes);
  return classes;
}

Json PerClassJson(const ClassificationAnswers& answers) {
  Json json = Json::array();
  for (const std::size_t label : ListedClasses(answers)) {
    const auto& [scores, support] = answers.per_class[label];
    json.push_back({{"label", LabelJson(answers.labels, label)},
                    {"precision", NumberOrNull(scores.precision)},
                    {"recall", NumberOrNull(scores.recall)},
                    {"f1", NumberOrNull(scores.f1)},
                    {"support", support}});
  }
  return json;
}

// Null for more classes than a report lists.
Json MatrixJson(const ClassificationAnswers& answers) {
  if (answers.matrix->classes() > kMostClasses) return nullptr;
  Json rows = Json::array();
  for (std::size_t truth = 0; truth < answers.matrix->classes(); ++truth) {
    Json row = Json::array();
    for (std::size_t predicted = 0; predicted < answers.matrix->classes(); ++predicted) {
      row.push_back(answers.matrix->at(truth, predicted));
    }
    rows.push_back(std::move(row));
  }
  return {{"labels", LabelsJson(answers.labels)}, {"counts", std::move(rows)}};
}

Json SampleJson(const Evaluation& evaluation) {
  Json json = Json::array();
  for (const SampleRow& sample : evaluation.sample) {
    Json row = {{"row", sample.row}, {"target", sample.target}, {"prediction", sample.prediction}};
    if (sample.confidence) row["confidence"] = NumberOrNull(*sample.confidence);
    if (!sample.probabilities.empty() && sample.probabilities.size() <= kMostClasses) {
      Json& probabilities = row["probabilities"] = Json::object();
      for (std::size_t i = 0; i < sample.probabilities.size(); ++i) {
        probabilities[model::LabelText(evaluation.classification.labels, i)] =
            NumberOrNull(sample.probabilities[i]);
      }
    }
    json.push_back(std::move(row));
  }
  return json;
}

// The metrics of the whole, because those of one class stand in per_class.
Json OverallJson(const MetricSet& metrics) {
  MetricSet overall;
  for (const auto& [name, value] : metrics.entries()) {
    if (!name.ends_with(']')) overall.Add(name, value);
  }
  return ToJson(overall);
}

Json BaselineJson(const std::optional<BaselineResult>& baseline) {
  if (!baseline) return nullptr;
  return {{"model", baseline->version.model},
          {"version", baseline->version.version},
          {"artifact", baseline->version.artifact.value()},
          {"metrics", OverallJson(baseline->metrics)}};
}

}  // namespace

std::string_view Name(PolicySource source) {
  switch (source) {
    case PolicySource::kDefault:
      return "default";
    case PolicySource::kGiven:
      return "given";
    case PolicySource::kRule:
      break;
  }
  return "rule";
}

Json ToJson(const ValidationReport& report) {
  const Evaluation& evaluation = report.evaluation;
  Json json;
  json["model"] = report.candidate.model;
  json["version"] = report.candidate.version;
  json["artifact"] = report.candidate.artifact.value();
  json["outcome"] = Name(report.verdict.outcome);
  json["task"] = model::Name(evaluation.task);
  json["data"] = {{"digest", evaluation.dataset.value()},
                  {"rows", evaluation.rows},
                  {"target", evaluation.target},
                  {"invalid_rows", evaluation.invalid_rows}};
  json["metrics"] = OverallJson(evaluation.metrics);
  json["naive_metrics"] = OverallJson(evaluation.naive);
  if (evaluation.task == model::Task::kClassification && evaluation.classification.matrix) {
    const ClassificationAnswers& answers = evaluation.classification;
    json["positive_label"] = LabelJson(answers.labels, answers.positive);
    json["per_class"] = PerClassJson(answers);
    json["confusion_matrix"] = MatrixJson(answers);
  }
  json["sample"] = SampleJson(evaluation);
  json["gates"] = Json::array();
  for (const GateReport& gate : report.verdict.gates) json["gates"].push_back(ToJson(gate));
  json["policy"] = {{"digest", report.policy.digest().value()},
                    {"source", Name(report.policy_source)},
                    {"document", ToJson(report.policy)}};
  json["baseline"] = BaselineJson(report.baseline);
  json["not_compared"] = report.not_compared.empty() ? Json(nullptr) : Json(report.not_compared);
  json["engine"] = report.engine;
  json["started_at"] = base::FormatTime(report.started);
  json["duration_seconds"] = std::chrono::duration<double>(evaluation.duration).count();
  json["rows_per_second"] = NumberOrNull(evaluation.rows_per_second());
  return json;
}

}  // namespace moorage::evaluation
