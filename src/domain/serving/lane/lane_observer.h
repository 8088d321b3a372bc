#pragma once

// Receives every run and every rejection of a lane, on the lane's reactor thread. It is called once
// per batch, so that counting costs a request very little.

#include <cstddef>
#include <cstdint>

#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"

namespace moorage::lane {

// Where a run took place.
enum class RunPlace : std::uint8_t { kInline, kExecutor };

// Why a request was not run.
enum class Rejection : std::uint8_t {
  kInFlight,       // the lane's bound of concurrent requests
  kQueueFull,      // the executor's bound of queued rows
  kPredictedWait,  // the answer would have come after the deadline
  kExpired,        // the deadline passed before the run
};
const char* Name(Rejection reason);  // a metric label, such as "in_flight"

class LaneObserver {
 public:
  struct Run {
    const servable::Servable& servable;
    RunPlace place = RunPlace::kInline;
    std::size_t rows = 0;      // of the run
    std::size_t requests = 0;  // of this lane in it
    base::Duration queued{0};  // of the oldest of them
    base::Duration ran{0};
  };

  virtual ~LaneObserver() = default;
  virtual void OnRun(const Run& run) = 0;
  virtual void OnRejected(const servable::Servable& servable, Rejection reason,
                          std::size_t requests) = 0;
  // The version with this Servable::id was unloaded, so it runs no more.
  virtual void Forget(std::uint32_t /*servable*/) {}
};

}  // namespace moorage::lane
