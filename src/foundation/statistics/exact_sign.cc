#include "foundation/statistics/exact_sign.h"

#include <algorithm>
#include <cmath>

#include "foundation/statistics/compensated_sum.h"

namespace moorage::statistics {

double SignTestExact(std::uint64_t wins, std::uint64_t losses) {
  if (wins == 0) return 1;
  const auto all = static_cast<double>(wins + losses);
  // P(X >= wins) is P(X <= losses) by symmetry. ln C(all, k) by recurrence from k = 0, so that no
  // factorial overflows.
  double log_term = -all * std::log(2.0);
  CompensatedSum sum;
  for (double k = 0; k <= static_cast<double>(losses); ++k) {
    sum.Add(std::exp(log_term));
    log_term += std::log((all - k) / (k + 1));
  }
  return std::min(1.0, sum.value());
}

}  // namespace moorage::statistics
