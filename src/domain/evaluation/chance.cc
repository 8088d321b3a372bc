#include "domain/evaluation/chance.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "domain/evaluation/metric.h"
#include "foundation/statistics/exact_sign.h"

namespace moorage::evaluation {
namespace {

constexpr std::string_view kSignTest = "exact sign test";
constexpr std::string_view kPermutationTest = "permutation test";

// SplitMix64. The numbers are the same on every machine.
class Shuffler {
 public:
  template <typename T>
  void Shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[Below(i)]);
  }

 private:
  // The bias of the remainder is below 2^-32 for fewer than 2^32 rows.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Next() % bound); }
  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_ = 20260127;
};

std::size_t Permutations(std::size_t rows, double level) {
  constexpr double kWork = 1e8;
  constexpr double kMost = 1999;
  const double least = std::ceil(10 / level);
  return static_cast<std::size_t>(
      std::clamp(kWork / static_cast<double>(rows), least, std::max(least, kMost)));
}

// Permutes the answers and counts how often `score(answers)` is at least what was measured.
template <typename T>
Chance Permute(std::vector<T> answers, double level,
               const std::function<double(const std::vector<T>&)>& score) {
  const std::size_t runs = Permutations(answers.size(), level);
  // Sums of the same terms in another order differ by rounding. Such a score counts as equal.
  const double measured = score(answers);
  const double least = measured - 1e-9 * std::abs(measured);
  Shuffler shuffler;
  std::size_t as_good = 1;  // the order that was measured is one of all
  for (std::size_t run = 0; run < runs; ++run) {
    shuffler.Shuffle(answers);
    if (score(answers) >= least) ++as_good;
  }
  return {static_cast<double>(as_good) / static_cast<double>(runs + 1), kPermutationTest, runs};
}

struct ClassCounts {
  std::vector<double> is;        // rows of each class
  std::vector<double> answered;  // answers of each class
};

ClassCounts CountClasses(const ClassificationAnswers& answers, std::size_t classes) {
  ClassCounts counts{std::vector<double>(classes), std::vector<double>(classes)};
  for (const std::size_t label : answers.y_true) ++counts.is[label];
  for (const std::size_t label : answers.y_pred) ++counts.answered[label];
  return counts;
}

double Ratio(double over, double under) { return under > 0 ? over / under : 0; }

// The weight of one correct answer of this class. The order of the answers changes neither count of
// a class, so each metric is a sum of the weights of the correct answers.
double WeightOf(std::string_view metric, double is, double answered) {
  const bool weighted = metric.ends_with("_weighted");
  if (metric.starts_with("precision")) return Ratio(weighted ? is : 1, answered);
  if (metric.starts_with("f1")) return Ratio(weighted ? is : 1, is + answered);
  // recall_macro and balanced_accuracy. Both are a mean over the classes that occur.
  return Ratio(1, is);
}

Chance ChanceOfClasses(const Evaluation& evaluation, std::string_view metric,
                       const MetricKind& kind, double level) {
  const ClassificationAnswers& answers = evaluation.classification;
  const std::size_t classes = model::Count(answers.labels);
  const ClassCounts counts = CountClasses(answers, classes);
  std::optional<std::size_t> only;
  if (kind.binary) only = answers.positive;
  std::vector<double> weights(classes);
  for (std::size_t label = 0; label < classes; ++label) {
    if (kind.label && model::LabelText(answers.labels, label) == *kind.label) only = label;
    weights[label] = WeightOf(metric, counts.is[label], counts.answered[label]);
  }
  if (only) {
    for (std::size_t label = 0; label < classes; ++label) weights[label] = label == *only ? 1 : 0;
  }
  return Permute<std::size_t>(answers.y_pred, level, [&](const std::vector<std::size_t>& order) {
    double sum = 0;
    for (std::size_t row = 0; row < order.size(); ++row) {
      if (order[row] == answers.y_true[row]) sum += weights[order[row]];
    }
    return sum;
  });
}

Chance ChanceOfValues(const RegressionAnswers& answers, std::string_view metric, double level) {
  if (metric == "mae" || metric == "mape") {
    const bool relative = metric == "mape";
    return Permute<double>(answers.y_pred, level, [&](const std::vector<double>& order) {
      double sum = 0;
      for (std::size_t row = 0; row < order.size(); ++row) {
        const double truth = answers.y_true[row];
        const double scale =
            relative ? std::max(std::abs(truth), std::numeric_limits<double>::epsilon()) : 1;
        sum -= std::abs(truth - order[row]) / scale;
      }
      return sum;
    });
  }
  // The squares of targets and answers keep their sums in any order, so mse, rmse and r2 depend on
  // the sum of the products alone. Around the mean of the targets it keeps its digits.
  const double mean = std::accumulate(answers.y_true.begin(), answers.y_true.end(), 0.0) /
                      static_cast<double>(answers.y_true.size());
  return Permute<double>(answers.y_pred, level, [&](const std::vector<double>& order) {
    double sum = 0;
    for (std::size_t row = 0; row < order.size(); ++row) {
      sum += (answers.y_true[row] - mean) * (order[row] - mean);
    }
    return sum;
  });
}

// The naive model answers the most frequent label, the first of equals.
Chance ChanceOfAccuracy(const ClassificationAnswers& answers) {
  const ClassCounts counts = CountClasses(answers, model::Count(answers.labels));
  const auto naive =
      static_cast<std::size_t>(std::ranges::max_element(counts.is) - counts.is.begin());
  std::uint64_t wins = 0;
  std::uint64_t losses = 0;
  for (std::size_t row = 0; row < answers.y_true.size(); ++row) {
    const bool right = answers.y_pred[row] == answers.y_true[row];
    const bool naive_right = answers.y_true[row] == naive;
    if (right && !naive_right) ++wins;
    if (naive_right && !right) ++losses;
  }
  return {statistics::SignTestExact(wins, losses), kSignTest, 0};
}

}  // namespace

std::optional<Chance> ChanceOf(const Evaluation& evaluation, std::string_view metric,
                               double level) {
  const auto kind = ParseMetricName(metric);
  if (!kind.ok() || kind->task != evaluation.task || metric == "log_loss") return std::nullopt;
  if (evaluation.task == model::Task::kRegression) {
    return ChanceOfValues(evaluation.regression, metric, level);
  }
  // These are the share of correct answers.
  if (metric == "accuracy" || metric == "recall_weighted" || metric.ends_with("_micro")) {
    return ChanceOfAccuracy(evaluation.classification);
  }
  return ChanceOfClasses(evaluation, metric, *kind, level);
}

}  // namespace moorage::evaluation
