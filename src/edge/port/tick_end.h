#pragma once

#include <cstdint>

#include "edge/api/dispatcher.h"
#include "edge/net/reactor.h"
#include "edge/port/stage_metrics.h"

namespace moorage::port {

// The end of a tick: first the service runs what was gathered, then the wires send what is
// answered. Times the tick's work beside that of the models and divides it by the requests that it
// was done for, so that a request costs no look at the clock:
//
//   parse  from the tick's time until everything that was ready has been read and dispatched, by
//          the requests dispatched
//   write  the wires' turn, by the answers completed since the tick began
class TickEnd : public net::TickObserver {
 public:
  // Everything outlives this object. `stages` may be null: then nothing is timed.
  TickEnd(const net::Reactor& reactor, const api::Dispatcher& dispatcher,
          net::TickObserver& service, net::TickObserver& wires, StageShard* stages);

  void EndTick() override;
  void OnPulse() override;

 private:
  void EndTimedTick(StageShard& stages);

  const net::Reactor& reactor_;
  const api::Dispatcher& dispatcher_;
  net::TickObserver& service_;
  net::TickObserver& wires_;
  StageShard* const stages_;
  // At the end of the tick before.
  std::uint64_t dispatched_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace moorage::port
