#include "domain/serving/lane/lane_metrics.h"

#include <algorithm>
#include <utility>

#include "foundation/telemetry/metrics/stage_duration.h"

namespace moorage::lane {

namespace {

using telemetry::Histogram;

constexpr std::size_t kReasons = 4;  // enumerators of Rejection

}  // namespace

// What one lane has seen. Only the lane's thread records. The list of series changes under a mutex,
// because a scrape copies it. A series that ends meanwhile lives until the scrape is over.
class LaneMetrics::Shard : public LaneObserver {
 public:
  void OnRun(const Run& run) override {
    queue_.Observe(run.queued, run.requests);
    run_.Observe(run.ran, run.requests);
    SeriesOf(run.servable).Observe(static_cast<double>(run.rows));
  }

  void OnRejected(const servable::Servable& /*servable*/, Rejection reason,
                  std::size_t requests) override {
    rejected_[static_cast<std::size_t>(reason)].Add(requests);
  }

  void Forget(std::uint32_t servable) override {
    const auto known = by_id_.find(servable);
    if (known == by_id_.end()) return;
    const Series* ended = known->second;
    by_id_.erase(known);
    last_ = nullptr;
    const base::MutexLock lock(mutex_);
    std::erase_if(series_, [ended](const auto& series) { return series.get() == ended; });
  }

  void Collect(telemetry::Exposition& exposition) const {
    exposition.Add(telemetry::kStageDurationFamily, {"queue"}, queue_.Snapshot());
    exposition.Add(telemetry::kStageDurationFamily, {"run"}, run_.Snapshot());
    for (std::size_t i = 0; i < kReasons; ++i) {
      exposition.Add(kRejectedFamily, {Name(static_cast<Rejection>(i))},
                     static_cast<double>(rejected_[i].value()));
    }
    std::vector<std::shared_ptr<const Series>> shared;
    {
      const base::MutexLock lock(mutex_);
      shared.assign(series_.begin(), series_.end());
    }
    for (const auto& series : shared) {
      exposition.Add(kBatchSizeFamily, {series->model, series->version}, series->rows.Snapshot());
    }
  }

 private:
  struct Series {
    std::string model;
    std::string version;
    Histogram rows{telemetry::kBatchSizeBounds};
  };

  Histogram& SeriesOf(const servable::Servable& servable) {
    // Most runs are of the version of the run before, so the look-up is remembered.
    if (last_ != nullptr && last_id_ == servable.id) return last_->rows;
    Series*& known = by_id_[servable.id];
    if (known == nullptr) {
      auto series = std::make_shared<Series>();
      series->model = servable.name.value();
      series->version = servable.version.text();
      known = series.get();
      const base::MutexLock lock(mutex_);
      series_.push_back(std::move(series));
    }
    last_ = known;
    last_id_ = servable.id;
    return known->rows;
  }

  Histogram queue_{telemetry::kStageBounds};
  Histogram run_{telemetry::kStageBounds};
  std::array<telemetry::Counter, kReasons> rejected_;
  // The lane's thread only.
  std::unordered_map<std::uint32_t, Series*> by_id_;
  Series* last_ = nullptr;
  std::uint32_t last_id_ = 0;

  mutable base::Mutex mutex_;  // Held for the list, never for what it points to.
  std::vector<std::shared_ptr<Series>> series_ GUARDED_BY(mutex_);
};

LaneMetrics::LaneMetrics() = default;
LaneMetrics::~LaneMetrics() = default;

LaneObserver& LaneMetrics::AddLane() {
  const base::MutexLock lock(mutex_);
  return *shards_.emplace_back(std::make_unique<Shard>());
}

void LaneMetrics::Collect(telemetry::Exposition& exposition) const {
  const base::MutexLock lock(mutex_);
  for (const auto& shard : shards_) shard->Collect(exposition);
}

}  // namespace moorage::lane
