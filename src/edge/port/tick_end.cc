#include "edge/port/tick_end.h"

namespace moorage::port {
namespace {

base::Duration Share(base::Duration whole, std::uint64_t parts) {
  return whole / static_cast<std::int64_t>(parts);
}

}  // namespace

TickEnd::TickEnd(net::Reactor& reactor, api::Dispatcher& dispatcher, net::TickObserver& service,
                 net::TickObserver& wires, StageShard* stages)
    : reactor_(reactor),
      dispatcher_(dispatcher),
      service_(service),
      wires_(wires),
      stages_(stages) {}

void TickEnd::EndTick() {
  if (dispatcher_.waiting() > 0) DropOverdueCalls();
  if (dispatcher_.is_decoding()) {
    dispatcher_.Decode();
    // What was decoded is run by the service below, the next slice is work of the next tick.
    reactor_.RequestTick();
  }
  if (stages_ != nullptr) return EndTimedTick(*stages_);
  service_.EndTick();
  wires_.EndTick();
}

void TickEnd::DropOverdueCalls() {
  if (reactor_.now() >= dispatcher_.NextDeadline()) dispatcher_.DropOverdue();
  if (dispatcher_.waiting() > 0) reactor_.WakeAt(dispatcher_.NextDeadline());
}

void TickEnd::EndTimedTick(StageShard& stages) {
  // This tick is not over, so the one before is counted.
  stages.ticks.Observe(reactor_.lag());
  const std::uint64_t dispatched = dispatcher_.dispatched() - dispatched_;
  if (dispatched > 0) {
    const base::Instant read = reactor_.HandedOut();
    stages.parse.Observe(Share(read - reactor_.now(), dispatched), dispatched);
  }
  service_.EndTick();
  const std::uint64_t answered = dispatcher_.answered() - answered_;
  if (answered > 0) {
    const base::Clock& clock = reactor_.clock();
    const base::Instant start = clock.Monotonic();
    wires_.EndTick();
    stages.write.Observe(Share(clock.Monotonic() - start, answered), answered);
  } else {
    wires_.EndTick();
  }
  // Requests that the wires have read on Resume() belong to no tick's parse time.
  dispatched_ = dispatcher_.dispatched();
  answered_ = dispatcher_.answered();
}

void TickEnd::OnPulse() {
  service_.OnPulse();
  wires_.OnPulse();
}

}  // namespace moorage::port
