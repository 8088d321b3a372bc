#pragma once

// What runs of one version have cost beyond what was predicted, seen by every reactor. A reactor
// writes it when a run surprises, which is rare, and reads it once a tick. Any thread.

#include <atomic>
#include <cstdint>

#include "foundation/base/clock.h"

namespace moorage::servable {

class CostBoard {
 public:
  // A run took `factor` times what the line measured at load says. The largest factor stays, and
  // fades by half each minute. Cheap runs do not change it, because a model whose cost depends on
  // its input is cheap until the next expensive input.
  void Report(double factor, base::Instant now);

  // The largest factor, faded. 1 if no run took longer than the line.
  double Worst(base::Instant now) const;
  // Changes with every report, so that a reactor sees that there is a new one.
  std::uint32_t reports() const { return reports_.load(std::memory_order_acquire); }

 private:
  std::atomic<double> factor_{1};
  std::atomic<base::Duration::rep> seen_{0};  // when
  std::atomic<std::uint32_t> reports_{0};
};

}  // namespace moorage::servable
