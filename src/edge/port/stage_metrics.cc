#include "edge/port/stage_metrics.h"

#include "foundation/telemetry/metrics/stage_duration.h"

namespace moorage::port {

StageShard& StageMetrics::AddReactor() {
  const base::MutexLock lock(mutex_);
  return *shards_.emplace_back(std::make_unique<StageShard>());
}

void StageMetrics::Collect(telemetry::Exposition& exposition) const {
  const base::MutexLock lock(mutex_);
  for (const auto& shard : shards_) {
    exposition.Add(kLoopLagFamily, {}, shard->ticks.Snapshot());
    exposition.Add(telemetry::kStageDurationFamily, {"parse"}, shard->parse.Snapshot());
    exposition.Add(telemetry::kStageDurationFamily, {"write"}, shard->write.Snapshot());
  }
}

}  // namespace moorage::port
