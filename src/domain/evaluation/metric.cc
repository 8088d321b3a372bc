#include "domain/evaluation/metric.h"

#include <array>
#include <charconv>
#include <cmath>

#include "domain/evaluation/nearest_name.h"

namespace moorage::evaluation {
namespace {

struct MetricRow {
  std::string_view name;
  model::Task task;
  Direction direction;
  std::optional<double> lowest;
  std::optional<double> highest;
};

constexpr auto kClassification = model::Task::kClassification;
constexpr auto kRegression = model::Task::kRegression;
constexpr auto kHigher = Direction::kHigherIsBetter;
constexpr auto kLower = Direction::kLowerIsBetter;

constexpr std::array kMetrics = {
    MetricRow{"accuracy", kClassification, kHigher, 0, 1},
    MetricRow{"balanced_accuracy", kClassification, kHigher, 0, 1},
    MetricRow{"log_loss", kClassification, kLower, 0, std::nullopt},
    MetricRow{"mae", kRegression, kLower, 0, std::nullopt},
    MetricRow{"mse", kRegression, kLower, 0, std::nullopt},
    MetricRow{"rmse", kRegression, kLower, 0, std::nullopt},
    MetricRow{"r2", kRegression, kHigher, std::nullopt, 1},
    MetricRow{"mape", kRegression, kLower, 0, std::nullopt},
};
constexpr std::array<std::string_view, 3> kScores = {"precision", "recall", "f1"};
constexpr std::array<std::string_view, 4> kAverages = {"macro", "weighted", "micro", "binary"};

MetricKind ScoreKind(std::string_view name) {
  return {.name = std::string(name),
          .task = kClassification,
          .direction = kHigher,
          .lowest = 0,
          .highest = 1,
          .label = std::nullopt,
          .binary = false};
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  names.reserve(std::size(kMetrics) + std::size(kScores) * std::size(kAverages));
  for (const MetricRow& row : kMetrics) names.emplace_back(row.name);
  for (const std::string_view score : kScores) {
    for (const std::string_view average : kAverages) {
      names.push_back(std::string(score) + "_" + std::string(average));
    }
  }
  return names;
}

}  // namespace

base::Result<MetricKind> ParseMetricName(std::string_view name) {
  for (const MetricRow& row : kMetrics) {
    if (row.name != name) continue;
    return MetricKind{.name = std::string(name),
                      .task = row.task,
                      .direction = row.direction,
                      .lowest = row.lowest,
                      .highest = row.highest,
                      .label = std::nullopt,
                      .binary = false};
  }
  for (const std::string_view score : kScores) {
    if (!name.starts_with(score)) continue;
    std::string_view rest = name.substr(score.size());
    MetricKind kind = ScoreKind(name);
    // Any text may be a label here. LintPolicy checks it against the model.
    if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']') {
      kind.label = rest.substr(1, rest.size() - 2);
      return kind;
    }
    if (rest.empty()) {
      return base::Error{base::Code::kInvalid,
                         "'" + std::string(name) + "' does not say which average: " +
                             std::string(name) + "_macro, _weighted, _micro, _binary, or " +
                             std::string(name) + "[label] of one class"};
    }
    for (const std::string_view average : kAverages) {
      if (rest.front() != '_' || rest.substr(1) != average) continue;
      kind.binary = average == "binary";
      return kind;
    }
  }
  return base::Error{base::Code::kInvalid, "there is no metric '" + std::string(name) + "'" +
                                               DidYouMean(name, AllNames())};
}

double Gain(Direction direction, double value, double other) {
  return direction == Direction::kHigherIsBetter ? value - other : other - value;
}

std::optional<double> MetricSet::Find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

json::Json NumberOrNull(double value) {
  return std::isfinite(value) ? json::Json(value) : json::Json(nullptr);
}

json::Json ToJson(const MetricSet& metrics) {
  json::Json json = json::Json::object();
  for (const auto& [name, value] : metrics.entries()) json[name] = NumberOrNull(value);
  return json;
}

std::string ExactText(double value) {
  // std::to_chars writes the shortest text that reads back exactly, which has at most 24
  // characters.
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace moorage::evaluation
