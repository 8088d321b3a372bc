#include "domain/evaluation/classification_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace moorage::evaluation {
namespace {

double Undefined(ZeroDivision zero_division) {
  switch (zero_division) {
    case ZeroDivision::kZero:
      return 0;
    case ZeroDivision::kOne:
      return 1;
    case ZeroDivision::kNan:
      break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Divide(std::uint64_t numerator, std::uint64_t denominator, ZeroDivision zero_division) {
  if (denominator == 0) return Undefined(zero_division);
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

// The denominators of classification_metrics.h in other words. Truths are tp + fn, and predictions
// are tp + fp.
Scores FromCounts(std::uint64_t hits, std::uint64_t truths, std::uint64_t predictions,
                  ZeroDivision zero_division) {
  return {.precision = Divide(hits, predictions, zero_division),
          .recall = Divide(hits, truths, zero_division),
          .f1 = Divide(2 * hits, truths + predictions, zero_division)};
}

// The mean of the values that are not NaN. Weights that are all zero count as equal.
class Mean {
 public:
  void Add(double value, double weight) {
    if (std::isnan(value)) return;
    plain_.Add(value);
    count_ += 1;
    weighted_.Add(value * weight);
    weights_ += weight;  // a sum of counts, so it is exact
  }
  double value() const {
    return weights_ > 0 ? weighted_.value() / weights_ : plain_.value() / count_;
  }

 private:
  statistics::CompensatedSum plain_;
  statistics::CompensatedSum weighted_;
  double count_ = 0;
  double weights_ = 0;
};

enum class Weighting : std::uint8_t { kEqual, kSupport };

Scores Average(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
               ZeroDivision zero_division, Weighting weighting) {
  Mean precision;
  Mean recall;
  Mean f1;
  for (const std::size_t label : labels) {
    const auto [scores, support] = ScoresOf(matrix, label, zero_division);
    const double weight = weighting == Weighting::kSupport ? static_cast<double>(support) : 1;
    precision.Add(scores.precision, weight);
    recall.Add(scores.recall, weight);
    f1.Add(scores.f1, weight);
  }
  return {.precision = precision.value(), .recall = recall.value(), .f1 = f1.value()};
}

base::Error LogLossError(const std::string& why) {
  return {base::Code::kInvalid, "log loss: " + why};
}

}  // namespace

double Accuracy(const ConfusionMatrix& matrix) {
  return static_cast<double>(matrix.correct()) / static_cast<double>(matrix.total());
}

double BalancedAccuracy(const ConfusionMatrix& matrix) {
  Mean recall;
  for (std::size_t label = 0; label < matrix.classes(); ++label) {
    // NaN keeps a class that is never true out of the mean. As 0 it would lower the mean.
    recall.Add(ScoresOf(matrix, label, ZeroDivision::kNan).scores.recall, 1);
  }
  return recall.value();
}

ClassScores ScoresOf(const ConfusionMatrix& matrix, std::size_t label, ZeroDivision zero_division) {
  return {.scores = FromCounts(matrix.at(label, label), matrix.support(label),
                               matrix.predicted(label), zero_division),
          .support = matrix.support(label)};
}

Scores MacroAverage(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
                    ZeroDivision zero_division) {
  return Average(matrix, labels, zero_division, Weighting::kEqual);
}

Scores WeightedAverage(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
                       ZeroDivision zero_division) {
  return Average(matrix, labels, zero_division, Weighting::kSupport);
}

Scores MicroAverage(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
                    ZeroDivision zero_division) {
  std::uint64_t hits = 0;
  std::uint64_t truths = 0;
  std::uint64_t predictions = 0;
  for (const std::size_t label : labels) {
    hits += matrix.at(label, label);
    truths += matrix.support(label);
    predictions += matrix.predicted(label);
  }
  return FromCounts(hits, truths, predictions, zero_division);
}

double EpsilonOf(model::DataType type) {
  switch (type) {
    case model::DataType::kFp16:
      return 0x1p-10;
    case model::DataType::kBf16:
      return 0x1p-7;
    case model::DataType::kFp32:
      return 0x1p-23;
    default:
      return 0x1p-52;
  }
}

base::Result<double> LogLossMean::LossOf(std::size_t truth,
                                         std::span<const double> probabilities) const {
  const std::string row = "row " + std::to_string(rows_);
  if (probabilities.size() != classes_) {
    return LogLossError(row + ": " + std::to_string(probabilities.size()) + " probabilities for " +
                        std::to_string(classes_) + " classes");
  }
  if (truth >= classes_) return LogLossError(row + ": no such class");
  for (const double probability : probabilities) {
    if (!(probability >= 0 && probability <= 1)) {
      return LogLossError(row + ": a probability is " + std::to_string(probability));
    }
  }
  return -std::log(std::clamp(probabilities[truth], epsilon_, 1 - epsilon_));
}

void LogLossMean::Add(std::size_t truth, std::span<const double> probabilities) {
  if (error_) return;
  const base::Result<double> loss = LossOf(truth, probabilities);
  if (!loss.ok()) error_ = loss.error();
  if (loss.ok()) sum_.Add(*loss);
  ++rows_;
}

base::Result<double> LogLossMean::Mean() const {
  if (error_) return *error_;
  if (rows_ == 0) return LogLossError("there are no rows");
  if (classes_ < 2) return LogLossError("it needs at least two classes");
  return sum_.value() / static_cast<double>(rows_);
}

base::Result<double> LogLoss(std::span<const std::size_t> y_true,
                             std::span<const double> probabilities, std::size_t classes,
                             model::DataType type) {
  if (probabilities.size() != y_true.size() * classes) {
    return LogLossError(std::to_string(probabilities.size()) + " probabilities for " +
                        std::to_string(y_true.size()) + " rows of " + std::to_string(classes));
  }
  LogLossMean mean(classes, type);
  for (std::size_t row = 0; row < y_true.size(); ++row) {
    mean.Add(y_true[row], probabilities.subspan(row * classes, classes));
  }
  return mean.Mean();
}

}  // namespace moorage::evaluation
