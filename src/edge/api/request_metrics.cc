#include "edge/api/request_metrics.h"

#include <map>
#include <utility>

namespace moorage::api {
namespace {

std::uint64_t KeyOf(std::size_t endpoint, ModelKey model) {
  return (static_cast<std::uint64_t>(endpoint) << 32U) | static_cast<std::uint32_t>(model);
}

std::size_t EndpointOf(std::uint64_t key) { return static_cast<std::size_t>(key >> 32U); }
std::size_t ModelOf(std::uint64_t key) { return static_cast<std::size_t>(key & 0xFFFFFFFFU); }

// Fibonacci hashing. The golden ratio spreads consecutive numbers over the slots.
std::size_t HashOf(std::uint64_t key) {
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 40U);
}

}  // namespace

RequestShard::RequestShard(std::size_t endpoints) : slots_(kSlots) {
  for (std::size_t endpoint = 0; endpoint < endpoints; ++endpoint) {
    others_.push_back(std::make_unique<Series>());
    others_.back()->key = KeyOf(endpoint, ModelKey::kOther);
  }
}

RequestShard::~RequestShard() {
  for (std::atomic<Series*>& slot : slots_) delete slot.load(std::memory_order_relaxed);
}

void RequestShard::Record(std::size_t endpoint, ModelKey model, int code, base::Duration duration) {
  if (last_ == nullptr || last_->key != KeyOf(endpoint, model)) last_ = &Find(endpoint, model);
  last_->duration.Observe(duration);
  // Linear search, because a series has few statuses and the usual one came first. Once all places
  // are taken, others count under the last.
  for (CodeCount& entry : last_->codes) {
    const int known = entry.code.load(std::memory_order_relaxed);
    if (known != code && known != 0 && &entry != &last_->codes.back()) continue;
    if (known == 0) entry.code.store(code, std::memory_order_relaxed);
    entry.count.Add();
    return;
  }
}

void RequestShard::RecordOther(std::string_view endpoint, int code, AnswerReason reason) {
  const base::MutexLock lock(others_mutex_);
  // Names, statuses and reasons are closed sets, so no client can make the map grow.
  ++other_requests_[{endpoint, code, reason}];
}

RequestShard::Series& RequestShard::Find(std::size_t endpoint, ModelKey model) {
  if (model == ModelKey::kOther) return *others_.at(endpoint);
  const std::uint64_t key = KeyOf(endpoint, model);
  // Linear probing. It ends, because slots outnumber the series by two to one.
  std::size_t at = HashOf(key) % kSlots;
  while (Series* series = slots_[at].load(std::memory_order_relaxed)) {
    if (series->key == key) return *series;
    at = (at + 1) % kSlots;
  }
  return series_ < kMaxSeries ? Insert(at, key) : *others_.at(endpoint);
}

RequestShard::Series& RequestShard::Insert(std::size_t slot, std::uint64_t key) {
  auto series = std::make_unique<Series>();
  series->key = key;
  ++series_;
  Series& kept = *series;
  slots_[slot].store(series.release(), std::memory_order_release);
  return kept;
}

RequestMetrics::RequestMetrics(std::vector<std::string> endpoints)
    : endpoints_(std::move(endpoints)), models_{{"", ""}, {"other", "other"}} {}

RequestShard& RequestMetrics::AddShard() {
  const base::MutexLock lock(mutex_);
  shards_.push_back(std::make_unique<RequestShard>(endpoints_.size()));
  return *shards_.back();
}

ModelKey RequestMetrics::Intern(std::string_view model, std::string_view version) {
  const base::MutexLock lock(mutex_);
  // The first two are kNone and kOther. A model that is named "other" has a key of its own.
  for (std::size_t i = 2; i < models_.size(); ++i) {
    if (models_[i].name == model && models_[i].version == version) return static_cast<ModelKey>(i);
  }
  if (models_.size() >= kMaxSeries) return ModelKey::kOther;
  models_.push_back({std::string(model), std::string(version)});
  return static_cast<ModelKey>(models_.size() - 1);
}

template <typename Visit>
void RequestMetrics::ForEachSeries(Visit visit) const {
  for (const auto& shard : shards_) {
    for (const auto& slot : shard->slots_) {
      const RequestShard::Series* series = slot.load(std::memory_order_acquire);
      if (series != nullptr) visit(*series);
    }
    for (const auto& series : shard->others_) visit(*series);
  }
}

void RequestMetrics::Collect(telemetry::Exposition& exposition) const {
  const base::MutexLock lock(mutex_);
  for (const auto& shard : shards_) {
    const base::MutexLock others(shard->others_mutex_);
    for (const auto& [key, count] : shard->other_requests_) {
      const auto& [endpoint, code, reason] = key;
      exposition.Add(kOtherRequestsFamily, {endpoint, std::to_string(code), Name(reason)},
                     static_cast<double>(count));
    }
  }
  ForEachSeries([&](const RequestShard::Series& series) REQUIRES(mutex_) {
    const telemetry::HistogramSnapshot duration = series.duration.Snapshot();
    if (duration.count() == 0) return;
    const std::string& endpoint = endpoints_.at(EndpointOf(series.key));
    const Model& model = models_.at(ModelOf(series.key));
    exposition.Add(kRequestDurationFamily, {endpoint, model.name, model.version}, duration);
    for (const auto& entry : series.codes) {
      const int code = entry.code.load(std::memory_order_relaxed);
      // Places are taken from the front.
      if (code == 0) break;
      exposition.Add(kRequestsFamily, {endpoint, model.name, model.version, std::to_string(code)},
                     static_cast<double>(entry.count.value()));
    }
  });
}

std::vector<EndpointStats> RequestMetrics::Stats() const {
  std::map<std::size_t, std::pair<telemetry::HistogramSnapshot, std::uint64_t>> merged;
  {
    const base::MutexLock lock(mutex_);
    ForEachSeries([&merged](const RequestShard::Series& series) {
      auto& [duration, errors] = merged[EndpointOf(series.key)];
      duration.Merge(series.duration.Snapshot());
      for (const auto& entry : series.codes) {
        if (entry.code.load(std::memory_order_relaxed) >= 400) errors += entry.count.value();
      }
    });
  }
  std::vector<EndpointStats> stats;
  for (const auto& [endpoint, sums] : merged) {
    const telemetry::HistogramSnapshot& duration = sums.first;
    if (duration.count() == 0) continue;
    stats.push_back({.endpoint = endpoints_.at(endpoint),
                     .count = duration.count(),
                     .errors = sums.second,
                     .mean = duration.mean(),
                     .min = duration.min,
                     .max = duration.max,
                     .p50 = duration.Quantile(0.5),
                     .p90 = duration.Quantile(0.9),
                     .p99 = duration.Quantile(0.99)});
  }
  return stats;
}

}  // namespace moorage::api
