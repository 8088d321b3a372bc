#pragma once

// What the handlers of one reactor share.

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/models/routing_view.h"
#include "edge/api/exchange.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/json/json_output.h"

namespace moorage::inference {

// The client of a call, as the lane shares its time among clients. It is the connection, because
// callers without a name are told apart by nothing else. 0 is no client.
inline std::uint64_t ClientOf(const model::CallContext& call) {
  return std::hash<std::string_view>{}(call.peer);
}

// The way from a handler to a model. It holds the lane, the view of the routing table, the clock,
// and scratch memory for answers. The handlers of one reactor share it, on that reactor's thread.
class InferenceService {
 public:
  // Without a budget every size is granted. It outlives the service.
  InferenceService(lane::InferenceLane& lane, const models::ModelManager& manager,
                   const base::Clock& clock, base::MemoryBudget* memory = nullptr)
      : lane_(lane), clock_(clock), memory_(memory), view_(manager) {}

  // Releases versions that are no longer served. Requests follow the table without it. A reactor
  // that sleeps must be asked.
  void Refresh() { view_.Follow(); }

  // `ref` is "cancer", "cancer@staging" or "cancer@1.2.0". Empty means the default model.
  // It is of the newest table, so a version that was replaced before the request came never
  // answers. The result is valid until the next call.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view ref) {
    view_.Follow();
    return view_.Resolve(ref);
  }

  // By name and selector apart.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view name,
                                                        std::string_view selector) {
    view_.Follow();
    return view_.table().Resolve(name, selector);
  }

  // What the lane must know of a call. From now on the lane drops the call when its client has
  // gone.
  lane::SubmitOptions OptionsOf(api::Exchange& exchange) {
    const std::uint64_t ticket = lane_.NewTicket();
    exchange.WhenGone([this, ticket] { lane_.Cancel(ticket); });
    return {.deadline = exchange.context().deadline,
            .client = ClientOf(exchange.context()),
            .ticket = ticket};
  }

  // The table of the last Resolve() or Refresh(). It does not follow, because a call may hold
  // references into it.
  const models::RoutingTable& table() const { return view_.table(); }
  const models::RoutingView& view() const { return view_; }
  lane::InferenceLane& lane() { return lane_; }
  const base::Clock& clock() const { return clock_; }
  // Clear it before use. An answer is written and sent before the next one begins.
  json::JsonOutput& json() { return json_; }
  // Sends what json() holds.
  void Send(api::Exchange& exchange) {
    exchange.Send({.body = json_.view(), .headers = {}});
    json_.Trim();
  }
  // May be null.
  base::MemoryBudget* memory() const { return memory_; }
  // Nothing yet of the budget, or of none.
  base::MemoryCharge Charge(base::MemoryPurpose purpose) const {
    return memory_ != nullptr ? base::MemoryCharge(*memory_, purpose) : base::MemoryCharge();
  }

 private:
  lane::InferenceLane& lane_;
  const base::Clock& clock_;
  base::MemoryBudget* const memory_;
  models::RoutingView view_;
  json::JsonOutput json_;
};

}  // namespace moorage::inference
