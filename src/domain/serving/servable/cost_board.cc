#include "domain/serving/servable/cost_board.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace moorage::servable {
namespace {

constexpr base::Duration kHalfLife = std::chrono::minutes(1);

}  // namespace

void CostBoard::Report(double factor, base::Instant now) {
  // Two reports at once may keep the smaller one. The next run of the kind corrects it.
  if (factor >= Worst(now)) {
    factor_.store(factor, std::memory_order_relaxed);
    seen_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  }
  reports_.fetch_add(1, std::memory_order_release);
}

double CostBoard::Worst(base::Instant now) const {
  const double factor = factor_.load(std::memory_order_relaxed);
  if (factor <= 1) return 1;
  const base::Duration::rep age =
      now.time_since_epoch().count() - seen_.load(std::memory_order_relaxed);
  const double halves = static_cast<double>(std::max<base::Duration::rep>(age, 0)) /
                        static_cast<double>(kHalfLife.count());
  return std::max(1.0, factor * std::exp2(-halves));
}

}  // namespace moorage::servable
