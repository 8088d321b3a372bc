#pragma once

// Metrics of a classifier, as pure functions of what was counted.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/evaluation/confusion_matrix.h"
#include "foundation/base/result.h"
#include "foundation/model/datatype.h"
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

// The distance of 1 from the next number of a floating-point datatype. 2^-52 for FP64, 2^-23 for
// FP32, 2^-10 for FP16, 2^-7 for BF16.
double EpsilonOf(model::DataType type);

// The mean of -ln p(true label), in nats. Each p is clipped to [e, 1 - e], where e is the epsilon
// of the datatype in which the model computed it, and rows are not divided by their sum. The source
// is log_loss, whose answer is so at most 36.04 for FP64, 15.94 for FP32. Rows are added one by
// one, because rows times classes may be more than there is memory.
class LogLossMean {
 public:
  explicit LogLossMean(std::size_t classes, model::DataType type = model::DataType::kFp64)
      : classes_(classes), epsilon_(EpsilonOf(type)) {}

  void Add(std::size_t truth, std::span<const double> probabilities);
  // kInvalid for a row of a wrong size, no rows, fewer than two classes, or a probability outside 0
  // to 1.
  base::Result<double> Mean() const;

 private:
  base::Result<double> LossOf(std::size_t truth, std::span<const double> probabilities) const;

  std::size_t classes_;
  double epsilon_;
  std::size_t rows_ = 0;
  statistics::CompensatedSum sum_;
  std::optional<base::Error> error_;  // of the first row that has one
};

// The same over `probabilities` as [rows, classes], row-major.
base::Result<double> LogLoss(std::span<const std::size_t> y_true,
                             std::span<const double> probabilities, std::size_t classes,
                             model::DataType type = model::DataType::kFp64);

}  // namespace moorage::evaluation
