#include "foundation/base/clock.h"

namespace moorage::base {

const SystemClock& SystemClock::Get() {
  static const SystemClock clock;
  return clock;
}

Time SystemClock::Now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Instant SystemClock::Monotonic() const { return std::chrono::steady_clock::now(); }

}  // namespace moorage::base
