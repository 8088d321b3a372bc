#pragma once

// What a reactor of a port does at the end of each tick. The reactor's thread only.

#include <cstdint>

#include "edge/api/dispatcher.h"
#include "edge/net/reactor.h"
#include "edge/port/stage_metrics.h"

namespace moorage::port {

// Lets the service run what the tick gathered, then lets the wires send what is answered. Measures
// the tick's work without that of the models. The time is divided by the number of requests, so a
// request costs no call of the clock.
//
//   parse  from the tick's time until every ready event is read and dispatched, divided by the
//          requests dispatched
//   write  the turn of the wires, divided by the answers completed since the tick began
class TickEnd : public net::TickObserver {
 public:
  // Everything outlives this object. Nothing is measured if `stages` is null.
  TickEnd(net::Reactor& reactor, api::Dispatcher& dispatcher, net::TickObserver& service,
          net::TickObserver& wires, StageShard* stages);

  void EndTick() override;
  void OnPulse() override;

 private:
  void EndTimedTick(StageShard& stages);
  // Ends the calls that have waited too long for their authenticator.
  void DropOverdueCalls();

  net::Reactor& reactor_;
  api::Dispatcher& dispatcher_;
  net::TickObserver& service_;
  net::TickObserver& wires_;
  StageShard* const stages_;
  // At the end of the tick before.
  std::uint64_t dispatched_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace moorage::port
