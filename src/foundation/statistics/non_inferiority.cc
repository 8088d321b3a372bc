#include "foundation/statistics/non_inferiority.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace moorage::statistics {
namespace {

double UpperTail(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }

// The z of an upper tail of `level`, by bisection. Below 1/2 it lies between 0 and 40.
double Quantile(double level) {
  double low = 0;
  double high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (UpperTail(middle) > level ? low : high) = middle;
  }
  return high;
}

double Statistic(const PairedAnswers& answers, double margin) {
  const auto n = static_cast<double>(answers.rows);
  const auto b = static_cast<double>(answers.only_first);
  const auto c = static_cast<double>(answers.only_second);
  // The restricted estimate of the probability of c is the larger root of A q^2 + B q + C.
  const double a_term = 2 * n;
  const double b_term = -b - c - (2 * n - b + c) * margin;
  const double c_term = c * margin * (1 + margin);
  const double root = std::sqrt(std::max(0.0, b_term * b_term - 4 * a_term * c_term));
  const double q = (root - b_term) / (2 * a_term);
  const double variance = n * (2 * q - margin * (1 + margin));
  const double distance = b - c + n * margin;
  if (variance > 0) return distance / std::sqrt(variance);
  return distance > 0 ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace

double NonInferiorityP(const PairedAnswers& answers, double margin) {
  return answers.rows == 0 ? 1 : UpperTail(Statistic(answers, margin));
}

double RowsToDecide(const PairedAnswers& answers, double margin, double level) {
  if (answers.rows == 0) return 0;
  const double z = Statistic(answers, margin);
  if (z <= 0) return 0;
  // The statistic grows with the root of the rows.
  const double ratio = Quantile(level) / z;
  return std::ceil(static_cast<double>(answers.rows) * ratio * ratio);
}

}  // namespace moorage::statistics
