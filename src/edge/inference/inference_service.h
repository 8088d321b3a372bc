#pragma once

#include <memory>
#include <string_view>

#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/models/routing_view.h"
#include "foundation/base/clock.h"
#include "foundation/json/json_output.h"

namespace moorage::inference {

// What the handlers of one reactor share: its lane, its view of what is served, and scratch memory.
class InferenceService {
 public:
  InferenceService(lane::InferenceLane& lane, const models::ModelManager& manager,
            const base::Clock& clock)
      : lane_(lane), clock_(clock), view_(manager) {}

  // Takes the newest table. Cheap if nothing has changed; lets go of versions that are served no
  // more.
  void Refresh() { view_.Refresh(); }

  // "cancer", "cancer@staging", "cancer@1.2.0"; empty: what is served by default.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view ref) const {
    return view_.Resolve(ref);
  }

  const models::RoutingTable& table() const { return view_.table(); }
  const models::RoutingView& view() const { return view_; }
  lane::InferenceLane& lane() { return lane_; }
  const base::Clock& clock() const { return clock_; }
  json::JsonOutput& json() { return json_; }

 private:
  lane::InferenceLane& lane_;
  const base::Clock& clock_;
  models::RoutingView view_;
  json::JsonOutput json_;
};

}  // namespace moorage::inference
