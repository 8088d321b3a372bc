#include "domain/evaluation/regression_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "foundation/statistics/compensated_sum.h"

namespace moorage::evaluation {
namespace {

// The sum of squared distances from the mean, in two passes. The formula with one pass (the sum of
// squares less n times the squared mean) cancels where the mean is large. Exactly 0 if all are
// equal, whatever the mean rounds to.
double SpreadOf(std::span<const double> values) {
  if (std::all_of(values.begin(), values.end(),
                  [&](double value) { return value == values.front(); })) {
    return 0;
  }
  statistics::CompensatedSum sum;
  for (const double value : values) sum.Add(value);
  const double mean = sum.value() / static_cast<double>(values.size());
  statistics::CompensatedSum squares;
  for (const double value : values) squares.Add((value - mean) * (value - mean));
  return squares.value();
}

// The edge cases are those of r2_score of scikit-learn with force_finite.
double RSquared(double residual, double spread, std::size_t rows) {
  if (rows < 2) return std::numeric_limits<double>::quiet_NaN();
  if (spread == 0) return residual == 0 ? 1 : 0;
  return 1 - residual / spread;
}

}  // namespace

base::Result<RegressionMetrics> Regression(std::span<const double> y_true,
                                           std::span<const double> y_pred) {
  if (y_true.size() != y_pred.size()) {
    return base::Error{base::Code::kInvalid,
                       "regression metrics: " + std::to_string(y_true.size()) + " targets and " +
                           std::to_string(y_pred.size()) + " predictions"};
  }
  if (y_true.empty()) {
    return base::Error{base::Code::kInvalid, "regression metrics: there are no rows"};
  }
  statistics::CompensatedSum absolute;
  statistics::CompensatedSum squared;
  statistics::CompensatedSum relative;
  for (std::size_t row = 0; row < y_true.size(); ++row) {
    if (!std::isfinite(y_true[row]) || !std::isfinite(y_pred[row])) {
      return base::Error{base::Code::kInvalid, "regression metrics: row " + std::to_string(row) +
                                                   " is not a finite number"};
    }
    const double error = std::abs(y_true[row] - y_pred[row]);
    absolute.Add(error);
    squared.Add(error * error);
    // A target of 0 would divide by 0. mean_absolute_percentage_error of scikit-learn has the same
    // floor.
    relative.Add(error / std::max(std::abs(y_true[row]), std::numeric_limits<double>::epsilon()));
  }
  const auto rows = static_cast<double>(y_true.size());
  RegressionMetrics metrics;
  metrics.mae = absolute.value() / rows;
  metrics.mse = squared.value() / rows;
  metrics.rmse = std::sqrt(metrics.mse);
  metrics.r2 = RSquared(squared.value(), SpreadOf(y_true), y_true.size());
  metrics.mape = relative.value() / rows;
  return metrics;
}

}  // namespace moorage::evaluation
