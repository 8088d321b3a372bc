#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "foundation/telemetry/metrics/counter.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "foundation/telemetry/metrics/histogram.h"

namespace moorage::telemetry {

// A number for one (model, version), given out by RequestMetrics::Intern.
enum class ModelKey : std::uint32_t {
  kNone = 0,   // the request named no model, or none that exists; empty labels
  kOther = 1,  // a model beyond the bound; labels "other"
};

// Series are bounded, so that no stream of new versions or of odd requests can fill the memory.
// What does not fit is counted under model "other".
inline constexpr std::size_t kMaxSeries = 1000;

// The requests that one thread has answered. The law: only the thread that owns the shard records;
// recording takes no lock and, once a series exists, allocates nothing.
class RequestShard {
 public:
  explicit RequestShard(std::size_t endpoints);
  ~RequestShard();
  RequestShard(const RequestShard&) = delete;
  RequestShard& operator=(const RequestShard&) = delete;

  // A request to `endpoint` (an index into the names that RequestMetrics was made with) was
  // answered with the HTTP status `code` after `duration`.
  void Record(std::size_t endpoint, ModelKey model, int code, base::Duration duration);

 private:
  friend class RequestMetrics;

  static constexpr std::size_t kSlots = 2048;   // power of two, well above kMaxSeries
  static constexpr std::size_t kMaxCodes = 24;  // different statuses of one series

  struct CodeCount {
    std::atomic<int> code{0};  // 0: free
    Counter count;
  };
  struct Series {
    std::uint64_t key = 0;
    Histogram duration{kDurationBounds};
    std::array<CodeCount, kMaxCodes> codes;
  };

  Series& Find(std::size_t endpoint, ModelKey model);
  Series& Insert(std::size_t slot, std::uint64_t key);

  // Open addressing. The owner fills a slot once and for ever; readers see it whole (release,
  // acquire).
  std::vector<std::atomic<Series*>> slots_;
  std::vector<std::unique_ptr<Series>> others_;  // one per endpoint, made at once
  std::size_t series_ = 0;
  // The series of the request before: most requests are alike.
  Series* last_ = nullptr;
};

// What `/api/v1/stats` tells of one endpoint. Durations in seconds.
struct EndpointStats {
  std::string endpoint;
  std::uint64_t count = 0;
  std::uint64_t errors = 0;  // answers with a status of 400 or more
  double mean = 0;
  double min = 0;
  double max = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};

// The shards of all threads, summed when somebody looks. Series of versions that are no longer
// served stay: counters never go back.
class RequestMetrics : public Collector {
 public:
  // `endpoints` are the values of the label `endpoint`.
  explicit RequestMetrics(std::vector<std::string> endpoints);

  // A shard for one thread to record in; lives as long as this object.
  RequestShard& AddShard();

  // The same pair always gives the same key. For the load of a version, not for a request: it
  // locks.
  ModelKey Intern(std::string_view model, std::string_view version);

  void Collect(Exposition& exposition) const override;

  // One entry for each endpoint that has answered, in the order of the endpoints.
  std::vector<EndpointStats> Stats() const;

 private:
  struct Model {
    std::string name;
    std::string version;
  };

  template <typename Visit>
  void ForEachSeries(Visit visit) const REQUIRES(mutex_);

  const std::vector<std::string> endpoints_;
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<RequestShard>> shards_ GUARDED_BY(mutex_);
  std::vector<Model> models_ GUARDED_BY(mutex_);  // by ModelKey
};

}  // namespace moorage::telemetry
