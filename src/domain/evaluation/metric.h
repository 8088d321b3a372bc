#pragma once

// Names and values of metrics. Plain values and pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"

namespace moorage::evaluation {

enum class Direction : std::uint8_t { kHigherIsBetter, kLowerIsBetter };

// What a metric's name stands for. The definitions are in classification_metrics.h and
// regression_metrics.h. The names are
// - accuracy, balanced_accuracy, log_loss
// - precision, recall and f1, each with _macro, _weighted, _micro, _binary, or of one class as
// f1[label]
// - mae, mse, rmse, r2, mape
struct MetricKind {
  std::string name;  // as written, for instance "f1[2]"
  model::Task task = model::Task::kOther;
  Direction direction = Direction::kHigherIsBetter;
  std::optional<double> lowest;      // no value is below
  std::optional<double> highest;     // no value is above
  std::optional<std::string> label;  // of f1[label]
  bool binary = false;               // defined for two labels only
};

// kInvalid for an unknown name. The message proposes the nearest.
base::Result<MetricKind> ParseMetricName(std::string_view name);

// How much better `value` is than `other`, in the metric's unit. Negative if it is worse.
double Gain(Direction direction, double value, double other);

// Measured values by name, in the order of their measuring. An undefined value is NaN.
class MetricSet {
 public:
  struct Entry {
    std::string name;
    double value;
  };

  void Add(std::string name, double value) { entries_.push_back({std::move(name), value}); }
  std::optional<double> Find(std::string_view name) const;
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<Entry> entries_;
};

// One member per metric. What is not finite is null.
json::Json ToJson(const MetricSet& metrics);
json::Json NumberOrNull(double value);

// The shortest text that reads back as exactly this double, because gates print what they compared.
std::string ExactText(double value);

}  // namespace moorage::evaluation
