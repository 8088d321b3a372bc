#include "foundation/base/clock.h"

#include <ctime>

namespace moorage::base {

const SystemClock& SystemClock::Get() {
  static const SystemClock clock;
  return clock;
}

Time SystemClock::Now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Instant SystemClock::Monotonic() const { return std::chrono::steady_clock::now(); }

Duration SystemClock::ThreadTime() const {
  timespec used{};
  // It fails only for a clock that the kernel does not have.
  static_cast<void>(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used));
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace moorage::base
