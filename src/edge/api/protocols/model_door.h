#pragma once

#include <memory>
#include <string_view>

#include "domain/serving/inference_lane.h"
#include "domain/serving/model_manager.h"
#include "edge/api/json_output.h"
#include "foundation/base/clock.h"

namespace moorage::api {

// What the handlers of one reactor share: its lane, its view of what is served, and scratch memory.
class ModelDoor {
 public:
  ModelDoor(serving::InferenceLane& lane, const serving::ModelManager& manager,
            const base::Clock& clock);

  // Takes the newest table. Cheap if nothing has changed; lets go of versions that are served no
  // more.
  void Refresh();

  // "cancer", "cancer@staging", "cancer@1.2.0"; empty: what is served by default.
  base::Result<const serving::ServableHandle*> Resolve(std::string_view ref);

  const serving::RoutingTable& table() const { return *table_; }
  const serving::ModelManager& manager() const { return manager_; }
  serving::InferenceLane& lane() { return lane_; }
  const base::Clock& clock() const { return clock_; }
  JsonOutput& json() { return json_; }

 private:
  serving::InferenceLane& lane_;
  const serving::ModelManager& manager_;
  const base::Clock& clock_;
  std::shared_ptr<const serving::RoutingTable> table_;
  JsonOutput json_;
};

}  // namespace moorage::api
