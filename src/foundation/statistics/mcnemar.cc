#include "foundation/statistics/mcnemar.h"

#include <algorithm>
#include <cmath>

#include "foundation/statistics/compensated_sum.h"

namespace moorage::statistics {

double McNemarExact(std::uint64_t only_first, std::uint64_t only_second) {
  const auto few = static_cast<double>(std::min(only_first, only_second));
  const auto all = static_cast<double>(only_first + only_second);
  // ln C(all, k) by recurrence from k = 0, so that no factorial overflows.
  double log_term = -all * std::log(2.0);
  CompensatedSum sum;
  for (double k = 0; k <= few; ++k) {
    sum.Add(std::exp(log_term));
    log_term += std::log((all - k) / (k + 1));
  }
  // The two tails share their middle term where both counts are equal, so the sum exceeds 1.
  return std::min(1.0, 2 * sum.value());
}

}  // namespace moorage::statistics
