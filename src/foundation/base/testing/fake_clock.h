#pragma once

#include "foundation/base/clock.h"

namespace moorage::base {

// A clock that stands still until a test moves it.
class FakeClock : public Clock {
 public:
  // 2026-01-27T01:08:12.345000Z, the instant of the documentation's examples.
  FakeClock() : now_(std::chrono::microseconds(1769476092345000)) {}

  Time Now() const override { return now_; }
  Instant Monotonic() const override { return monotonic_; }

  void Advance(Duration by) {
    now_ += std::chrono::duration_cast<std::chrono::microseconds>(by);
    monotonic_ += by;
  }

 private:
  Time now_;
  Instant monotonic_{};
};

}  // namespace moorage::base
