#pragma once

#include <atomic>

#include "foundation/base/clock.h"

namespace moorage::servable {

// A clock that several threads may read while a test moves it. It can also move by itself, by a
// step at every reading of Monotonic(), so that everything between two readings takes a step.
class FakeSharedClock : public base::Clock {
 public:
  explicit FakeSharedClock(base::Duration step = {}) : step_(step) {}

  base::Time Now() const override {
    return base::Time(
        std::chrono::duration_cast<std::chrono::microseconds>(base::Duration(monotonic_.load())));
  }
  base::Instant Monotonic() const override {
    return base::Instant(base::Duration(monotonic_.fetch_add(step_.count())));
  }
  void Advance(base::Duration by) { monotonic_ += by.count(); }

 private:
  const base::Duration step_;
  mutable std::atomic<base::Duration::rep> monotonic_{1'000'000'000};
};

}  // namespace moorage::servable
