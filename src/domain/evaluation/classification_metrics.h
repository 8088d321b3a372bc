#pragma once

// Metrics of a classifier, as pure functions of what was counted.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/evaluation/confusion_matrix.h"
#include "foundation/base/result.h"
#include "foundation/statistics/compensated_sum.h"

// Metrics of a classifier. Pure functions of a confusion matrix, without unit, in [0, 1] where they
// are defined. The counts tp, fp and fn are the true positives, false positives and false negatives
// of one class. They agree with scikit-learn 1.9 (metrics.precision_recall_fscore_support and the
// functions named below), which the tests repeat on generated vectors to 1e-12.
namespace moorage::evaluation {

// What 0/0 is. A NaN stays out of averages.
enum class ZeroDivision : std::uint8_t { kZero, kOne, kNan };

struct Scores {
  double precision = 0;  // tp / (tp + fp), 0/0 if the class is never predicted
  double recall = 0;     // tp / (tp + fn), 0/0 if the class is never true
  double f1 = 0;         // 2 tp / (2 tp + fp + fn), 0/0 only if it is neither
};

struct ClassScores {
  Scores scores;
  std::uint64_t support = 0;  // rows whose true label this is
};

// The share of rows whose prediction is right. The source is accuracy_score.
double Accuracy(const ConfusionMatrix& matrix);

// The mean recall of the classes that are true at least once. Classes that are only predicted do
// not count. In [0, 1]. The source is balanced_accuracy_score.
double BalancedAccuracy(const ConfusionMatrix& matrix);

ClassScores ScoresOf(const ConfusionMatrix& matrix, std::size_t label, ZeroDivision zero_division);

// The averages run over `labels`. Without labels scikit-learn averages over matrix.occurring(). An
// average of nothing, or of NaN alone, is NaN.
//
// The macro average is the plain mean of the classes' scores. A class that is predicted but never
// true counts, so a macro F1 is not the harmonic mean of the macro precision and recall.
Scores MacroAverage(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
                    ZeroDivision zero_division);
// The weighted average is weighted by support. It is the plain mean if no row has one of the
// labels. Its F1 may lie outside the range from precision to recall.
Scores WeightedAverage(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
                       ZeroDivision zero_division);
// The micro average uses the sums of tp, fp and fn. It equals the accuracy if `labels` are all that
// occur.
Scores MicroAverage(const ConfusionMatrix& matrix, std::span<const std::size_t> labels,
                    ZeroDivision zero_division);

// The mean of -ln p(true label), in nats, in [0, 36.04]. Each row is divided by its sum, then
// clipped to [e, 1 - e] with e = 2^-52. The source is log_loss. Rows are added one by one, because
// rows times classes may be more than there is memory.
class LogLossMean {
 public:
  explicit LogLossMean(std::size_t classes) : classes_(classes) {}

  void Add(std::size_t truth, std::span<const double> probabilities);
  // kInvalid for a row of a wrong size, no rows, fewer than two classes, a negative or non-finite
  // probability, or a row whose sum is 0.
  base::Result<double> Mean() const;

 private:
  base::Result<double> LossOf(std::size_t truth, std::span<const double> probabilities) const;

  std::size_t classes_;
  std::size_t rows_ = 0;
  statistics::CompensatedSum sum_;
  std::optional<base::Error> error_;  // of the first row that has one
};

// The same over `probabilities` as [rows, classes], row-major.
base::Result<double> LogLoss(std::span<const std::size_t> y_true,
                             std::span<const double> probabilities, std::size_t classes);

}  // namespace moorage::evaluation
