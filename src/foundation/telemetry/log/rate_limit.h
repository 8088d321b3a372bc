#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace moorage::telemetry {

// At most so many events in a second, in bursts of at most the number of one second. One thread
// takes. Any thread may set the rate.
class RateLimit {
 public:
  // 0 is no limit.
  explicit RateLimit(double per_second) : rate_(per_second) {}

  void Set(double per_second) { rate_.store(per_second, std::memory_order_relaxed); }

  // `now` in microseconds since 1970. A clock that goes back gives nothing and costs nothing.
  bool Take(std::int64_t now) {
    const double rate = rate_.load(std::memory_order_relaxed);
    if (rate <= 0) return true;
    const auto elapsed = static_cast<double>(std::max<std::int64_t>(now - refilled_, 0));
    tokens_ = std::min(std::max(rate, 1.0), tokens_ + elapsed * 1e-6 * rate);
    refilled_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  std::atomic<double> rate_;
  // Of the thread that takes.
  double tokens_ = 0;
  std::int64_t refilled_ = 0;
};

}  // namespace moorage::telemetry
