#pragma once

#include <cmath>

namespace moorage::statistics {

// A running sum of doubles whose error does not grow with the number of terms. Neumaier's variant
// of Kahan summation. The result is that of adding in about twice the precision and rounding once.
// Infinities and NaN behave as in plain addition.
class CompensatedSum {
 public:
  void Add(double term) {
    const double next = sum_ + term;
    if (std::abs(sum_) >= std::abs(term)) {
      lost_ += (sum_ - next) + term;
    } else {
      lost_ += (term - next) + sum_;
    }
    sum_ = next;
  }

  double value() const { return std::isfinite(sum_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0;
  double lost_ = 0;  // what rounding took from sum_ so far
};

}  // namespace moorage::statistics
