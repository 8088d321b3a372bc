#pragma once

#include <span>

#include "foundation/base/result.h"

namespace moorage::evaluation {

// How far predictions p are from targets y, over n rows. Sums are compensated, in float64. The
// formulas and edge cases are those of scikit-learn 1.9. The tests repeat it on generated vectors
// to 1e-12.
struct RegressionMetrics {
  double mae = 0;   // mean |y - p|, in the target's unit, >= 0
  double mse = 0;   // mean (y - p)^2, in the target's unit squared, >= 0
  double rmse = 0;  // sqrt(mse), in the target's unit, >= 0
  // 1 - sum (y - p)^2 / sum (y - mean y)^2, without unit, at most 1. 1 is perfect, 0 as good as
  // always answering the mean, below 0 worse. NaN for one row. If all targets are equal it is 1 for
  // perfect predictions, else 0.
  double r2 = 0;
  // mean |y - p| / max(|y|, 2^-52): as a fraction, >= 0. Enormous if a target is 0.
  double mape = 0;
};

// kInvalid if the spans differ in length, are empty, or hold a NaN or infinity.
base::Result<RegressionMetrics> Regression(std::span<const double> y_true,
                                           std::span<const double> y_pred);

}  // namespace moorage::evaluation
