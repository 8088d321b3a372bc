#include "edge/port/stage_metrics.h"

#include "foundation/telemetry/metrics/metric_catalog.h"

namespace moorage::port {

StageShard& StageMetrics::AddReactor() {
  const base::MutexLock lock(mutex_);
  return *shards_.emplace_back(std::make_unique<StageShard>());
}

void StageMetrics::Collect(telemetry::Exposition& exposition) const {
  namespace metrics = telemetry::metrics;
  const base::MutexLock lock(mutex_);
  for (const auto& shard : shards_) {
    exposition.Add(metrics::kStageDuration, {"parse"}, shard->parse.Snapshot());
    exposition.Add(metrics::kStageDuration, {"write"}, shard->write.Snapshot());
  }
}

}  // namespace moorage::port
