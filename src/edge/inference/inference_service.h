#pragma once

// What the handlers of one reactor share.

#include <memory>
#include <string_view>

#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/models/routing_view.h"
#include "foundation/base/clock.h"
#include "foundation/json/json_output.h"

namespace moorage::inference {

// The way from a handler to a model. It holds the lane, the view of the routing table, the clock,
// and scratch memory for answers. The handlers of one reactor share it, on that reactor's thread.
class InferenceService {
 public:
  InferenceService(lane::InferenceLane& lane, const models::ModelManager& manager,
                   const base::Clock& clock)
      : lane_(lane), clock_(clock), view_(manager) {}

  // Takes the newest routing table and releases versions that are no longer served. Cheap if the
  // table has not changed.
  void Refresh() { view_.Refresh(); }

  // `ref` is "cancer", "cancer@staging" or "cancer@1.2.0". Empty means the default model.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view ref) const {
    return view_.Resolve(ref);
  }

  const models::RoutingTable& table() const { return view_.table(); }
  const models::RoutingView& view() const { return view_; }
  lane::InferenceLane& lane() { return lane_; }
  const base::Clock& clock() const { return clock_; }
  // Clear it before use. An answer is written and sent before the next one begins.
  json::JsonOutput& json() { return json_; }

 private:
  lane::InferenceLane& lane_;
  const base::Clock& clock_;
  models::RoutingView view_;
  json::JsonOutput json_;
};

}  // namespace moorage::inference
