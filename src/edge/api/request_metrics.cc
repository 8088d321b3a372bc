#include "edge/api/request_metrics.h"

#include <algorithm>
#include <map>
#include <utility>

namespace moorage::api {
namespace {

std::uint64_t KeyOf(std::size_t endpoint, ModelKey model) {
  return (static_cast<std::uint64_t>(endpoint) << 32U) | static_cast<std::uint32_t>(model);
}

std::size_t EndpointOf(std::uint64_t key) { return static_cast<std::size_t>(key >> 32U); }
ModelKey ModelOf(std::uint64_t key) { return static_cast<ModelKey>(key & 0xFFFFFFFFU); }

// Fibonacci hashing. The golden ratio spreads consecutive numbers over the slots.
std::size_t HashOf(std::uint64_t key) {
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 40U);
}

}  // namespace

RequestShard::RequestShard(std::size_t endpoints) : slots_(kSlots) {
  for (std::size_t endpoint = 0; endpoint < endpoints; ++endpoint) {
    others_.push_back(std::make_shared<Series>());
    others_.back()->key = KeyOf(endpoint, ModelKey::kOther);
  }
}

RequestShard::~RequestShard() = default;

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

std::size_t RequestShard::SlotOf(std::uint64_t key) const {
  // Linear probing. It ends, because slots outnumber the series by two to one.
  std::size_t at = HashOf(key) % kSlots;
  while (slots_[at] != nullptr && slots_[at]->key != key) at = (at + 1) % kSlots;
  return at;
}

RequestShard::Series& RequestShard::Find(std::size_t endpoint, ModelKey model) {
  if (model == ModelKey::kOther) return *others_.at(endpoint);
  const std::uint64_t key = KeyOf(endpoint, model);
  const std::size_t at = SlotOf(key);
  if (slots_[at] != nullptr) return *slots_[at];
  const base::MutexLock lock(series_mutex_);
  if (series_.size() >= kMaxSeries) return *others_.at(endpoint);
  series_.push_back(std::make_shared<Series>());
  series_.back()->key = key;
  slots_[at] = series_.back().get();
  return *slots_[at];
}

void RequestShard::Forget(ModelKey model) {
  // kOther and kNone belong to no version.
  if (model == ModelKey::kOther || model == ModelKey::kNone) return;
  last_ = nullptr;
  const base::MutexLock lock(series_mutex_);
  std::erase_if(series_, [this, model](const SharedSeries& series) REQUIRES(series_mutex_) {
    if (ModelOf(series->key) != model) return false;
    Ended& ended = ended_[EndpointOf(series->key)];
    ended.duration.Merge(series->duration.Snapshot());
    ended.errors += ErrorsOf(*series);
    return true;
  });
  // Removing from a table with open addressing moves what was pushed aside, so it is filled anew.
  std::ranges::fill(slots_, nullptr);
  for (const SharedSeries& series : series_) slots_[SlotOf(series->key)] = series.get();
}

std::uint64_t RequestShard::ErrorsOf(const Series& series) {
  std::uint64_t errors = 0;
  for (const CodeCount& entry : series.codes) {
    if (entry.code.load(std::memory_order_relaxed) >= 400) errors += entry.count.value();
  }
  return errors;
}

RequestShard::Sums RequestShard::Read() const {
  Sums sums{.series = others_, .ended = {}};
  const base::MutexLock lock(series_mutex_);
  sums.series.insert(sums.series.end(), series_.begin(), series_.end());
  sums.ended = ended_;
  return sums;
}

RequestMetrics::RequestMetrics(std::vector<std::string> endpoints)
    : endpoints_(std::move(endpoints)),
      models_{{ModelKey::kNone, {"", ""}}, {ModelKey::kOther, {"other", "other"}}} {}

RequestShard& RequestMetrics::AddShard() {
  const base::MutexLock lock(mutex_);
  shards_.push_back(std::make_unique<RequestShard>(endpoints_.size()));
  return *shards_.back();
}

ModelKey RequestMetrics::Intern(std::string_view model, std::string_view version) {
  const base::MutexLock lock(mutex_);
  for (auto& [key, known] : models_) {
    // A model that is named "other" has a key of its own.
    if (key == ModelKey::kNone || key == ModelKey::kOther) continue;
    if (known.name != model || known.version != version) continue;
    ++known.holders;
    return key;
  }
  if (models_.size() >= kMaxSeries) return ModelKey::kOther;
  const auto key = static_cast<ModelKey>(next_key_++);
  models_.emplace(key, Model{std::string(model), std::string(version)});
  return key;
}

void RequestMetrics::Release(ModelKey key) {
  if (key == ModelKey::kOther || key == ModelKey::kNone) return;
  const base::MutexLock lock(mutex_);
  const auto found = models_.find(key);
  if (found != models_.end() && --found->second.holders == 0) models_.erase(found);
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
  for (const auto& shard : shards_) {
    for (const auto& series : shard->Read().series) {
      const auto model = models_.find(ModelOf(series->key));
      // The key of a series that has just ended may have been released.
      if (model != models_.end()) Add(*series, model->second, exposition);
    }
  }
}

void RequestMetrics::Add(const RequestShard::Series& series, const Model& model,
                         telemetry::Exposition& exposition) const {
  const telemetry::HistogramSnapshot duration = series.duration.Snapshot();
  if (duration.count() == 0) return;
  const std::string& endpoint = endpoints_.at(EndpointOf(series.key));
  exposition.Add(kRequestDurationFamily, {endpoint, model.name, model.version}, duration);
  for (const auto& entry : series.codes) {
    const int code = entry.code.load(std::memory_order_relaxed);
    // Places are taken from the front.
    if (code == 0) break;
    exposition.Add(kRequestsFamily, {endpoint, model.name, model.version, std::to_string(code)},
                   static_cast<double>(entry.count.value()));
  }
}

std::vector<EndpointStats> RequestMetrics::Stats() const {
  std::map<std::size_t, RequestShard::Ended> merged;
  {
    const base::MutexLock lock(mutex_);
    for (const auto& shard : shards_) {
      const auto [series, ended] = shard->Read();
      for (const auto& one : series) {
        merged[EndpointOf(one->key)].duration.Merge(one->duration.Snapshot());
        merged[EndpointOf(one->key)].errors += RequestShard::ErrorsOf(*one);
      }
      for (const auto& [endpoint, sums] : ended) {
        merged[endpoint].duration.Merge(sums.duration);
        merged[endpoint].errors += sums.errors;
      }
    }
  }
  std::vector<EndpointStats> stats;
  for (const auto& [endpoint, sums] : merged) {
    const telemetry::HistogramSnapshot& duration = sums.duration;
    if (duration.count() == 0) continue;
    stats.push_back({.endpoint = endpoints_.at(endpoint),
                     .count = duration.count(),
                     .errors = sums.errors,
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
