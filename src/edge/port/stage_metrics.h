#pragma once

// What it costs a reactor to read requests and to write answers.

#include <memory>
#include <vector>

#include "foundation/base/mutex.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "foundation/telemetry/metrics/histogram.h"

namespace moorage::port {

inline constexpr telemetry::MetricFamily kLoopLagFamily = {
    "moorage_loop_lag_seconds",
    telemetry::MetricType::kHistogram,
    "Length of the ticks of all reactors. Other clients of a reactor wait so long.",
    {}};

// The costs of one reactor. Its thread records them, any thread reads them.
struct StageShard {
  telemetry::Histogram parse{telemetry::kStageBounds};
  telemetry::Histogram write{telemetry::kStageBounds};
  telemetry::Histogram ticks{telemetry::kStageBounds};
};

// Collects moorage_loop_lag_seconds, and moorage_stage_duration_seconds for the stages parse and
// write, over all reactors of a server. Any thread.
class StageMetrics : public telemetry::Collector {
 public:
  // Returns the shard of one more reactor. It lives as long as this object.
  StageShard& AddReactor();

  void Collect(telemetry::Exposition& exposition) const override;

 private:
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<StageShard>> shards_ GUARDED_BY(mutex_);
};

}  // namespace moorage::port
