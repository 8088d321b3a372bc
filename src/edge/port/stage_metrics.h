#pragma once

#include <memory>
#include <vector>

#include "foundation/base/mutex.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "foundation/telemetry/metrics/histogram.h"

namespace moorage::port {

// What the requests of one reactor have cost in the stages that are the reactor's own. Recorded by
// its thread, read by any.
struct StageShard {
  telemetry::Histogram parse{telemetry::kStageBounds};
  telemetry::Histogram write{telemetry::kStageBounds};
};

// moorage_stage_duration_seconds for the stages parse and write, of all reactors of a server.
class StageMetrics : public telemetry::Collector {
 public:
  // For one reactor; lives as long as this object.
  StageShard& AddReactor();

  void Collect(telemetry::Exposition& exposition) const override;

 private:
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<StageShard>> shards_ GUARDED_BY(mutex_);
};

}  // namespace moorage::port
