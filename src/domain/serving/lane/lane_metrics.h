#pragma once

// Counts the runs and rejections of all lanes:
//   - moorage_batch_size, once a run
//   - moorage_stage_duration_seconds for the stages queue and run, once a request
//   - moorage_rejected_total
// Each lane records into a shard of its own without a lock, and a scrape sums the shards.

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/serving/lane/lane_observer.h"
#include "foundation/base/mutex.h"
#include "foundation/telemetry/metrics/counter.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "foundation/telemetry/metrics/histogram.h"

namespace moorage::lane {

// What the lanes and their executor count beside the stages queue and run.
inline constexpr telemetry::MetricFamily kBatchSizeFamily = {"moorage_batch_size",
                                                             telemetry::MetricType::kHistogram,
                                                             "Rows that ran together.",
                                                             {"model", "version"}};
inline constexpr telemetry::MetricFamily kQueueDepthFamily = {"moorage_queue_depth",
                                                              telemetry::MetricType::kGauge,
                                                              "Requests that wait for a model.",
                                                              {"model"}};
inline constexpr telemetry::MetricFamily kRejectedFamily = {
    "moorage_rejected_total",
    telemetry::MetricType::kCounter,
    "Requests refused before they reached a model, by reason.",
    {"reason"}};

inline constexpr std::array kLaneFamilies = {&kBatchSizeFamily, &kQueueDepthFamily,
                                             &kRejectedFamily};

class LaneMetrics : public telemetry::Collector {
 public:
  LaneMetrics();
  ~LaneMetrics() override;

  // Returns an observer for one lane. This object owns it, and only that lane's thread uses it.
  LaneObserver& AddLane();

  void Collect(telemetry::Exposition& exposition) const override;

 private:
  class Shard;

  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<Shard>> shards_ GUARDED_BY(mutex_);
};

}  // namespace moorage::lane
