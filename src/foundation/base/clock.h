#pragma once

#include <chrono>

namespace moorage::base {

// A point of civil time in UTC, to the microsecond. For storing and printing, never for measuring.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
// A point of monotonic time. For measuring, never for storing.
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

// Where time comes from. Code that asks a Clock can be tested at any hour, without waiting.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual Time Now() const = 0;
  virtual Instant Monotonic() const = 0;
  // The processor time that the calling thread has used. Unlike Monotonic() it does not grow while
  // the processor runs another thread. A reading costs about 1 us. Clocks of tests count all time.
  virtual Duration ThreadTime() const { return Monotonic().time_since_epoch(); }
};

// The machine's clocks. Stateless, so all threads may share it.
class SystemClock : public Clock {
 public:
  static const SystemClock& Get();

  Time Now() const override;
  Instant Monotonic() const override;
  Duration ThreadTime() const override;
};

}  // namespace moorage::base
