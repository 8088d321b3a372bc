#include "domain/evaluation/classification_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "foundation/statistics/compensated_sum.h"

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

base::Result<double> LogLoss(std::span<const std::size_t> y_true,
                             std::span<const double> probabilities, std::size_t classes) {
  if (y_true.empty()) return LogLossError("there are no rows");
  if (classes < 2) return LogLossError("it needs at least two classes");
  if (probabilities.size() != y_true.size() * classes) {
    return LogLossError(std::to_string(probabilities.size()) + " probabilities for " +
                        std::to_string(y_true.size()) + " rows of " + std::to_string(classes));
  }
  // The logarithm of 0 is infinite, so one certain wrong answer would outweigh all other rows.
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  statistics::CompensatedSum loss;
  for (std::size_t row = 0; row < y_true.size(); ++row) {
    if (y_true[row] >= classes)
      return LogLossError("row " + std::to_string(row) + ": no such class");
    const auto answer = probabilities.subspan(row * classes, classes);
    statistics::CompensatedSum sum;
    for (const double probability : answer) {
      if (!std::isfinite(probability) || probability < 0) {
        return LogLossError("row " + std::to_string(row) + ": a probability is " +
                            std::to_string(probability));
      }
      sum.Add(probability);
    }
    if (!(sum.value() > 0)) return LogLossError("row " + std::to_string(row) + " sums to 0");
    // Models in float32 give sums that differ from 1 by rounding.
    const double share = answer[y_true[row]] / sum.value();
    loss.Add(-std::log(std::clamp(share, kEpsilon, 1 - kEpsilon)));
  }
  return loss.value() / static_cast<double>(y_true.size());
}

}  // namespace moorage::evaluation
