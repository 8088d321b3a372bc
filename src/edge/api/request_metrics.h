#pragma once

// Counts of requests by endpoint, model, version and status.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "edge/api/answer_reason.h"
#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "foundation/telemetry/metrics/counter.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "foundation/telemetry/metrics/histogram.h"

namespace moorage::api {

// What is counted of requests.
inline constexpr telemetry::MetricFamily kRequestsFamily = {
    "model_requests_total",
    telemetry::MetricType::kCounter,
    "Requests answered, by endpoint, model, version and HTTP status.",
    {"endpoint", "model", "version", "code"}};
inline constexpr telemetry::MetricFamily kRequestDurationFamily = {
    "model_request_duration_seconds",
    telemetry::MetricType::kHistogram,
    "Time from the first byte of a request to its answer being ready.",
    {"endpoint", "model", "version"}};

inline constexpr telemetry::MetricFamily kOtherRequestsFamily = {
    "moorage_requests_total",
    telemetry::MetricType::kCounter,
    "Requests answered that are no predictions, by endpoint, HTTP status and reason.",
    {"endpoint", "code", "reason"}};

inline constexpr std::array kRequestFamilies = {&kRequestsFamily, &kRequestDurationFamily,
                                                &kOtherRequestsFamily};

// A number for one (model, version), given out by RequestMetrics::Intern.
enum class ModelKey : std::uint32_t {
  kNone = 0,   // the request named no model that exists, so the labels are empty
  kOther = 1,  // a model beyond the bound, labels "other"
};

// The bound on series that are alive, so that many versions cannot fill the memory. Further series
// are counted under model "other".
inline constexpr std::size_t kMaxSeries = 1000;

// The requests that one thread has answered. Only the thread that owns the shard records. Recording
// takes no lock and allocates nothing once a series exists.
class RequestShard {
 public:
  explicit RequestShard(std::size_t endpoints);
  ~RequestShard();
  RequestShard(const RequestShard&) = delete;
  RequestShard& operator=(const RequestShard&) = delete;

  // A request to `endpoint` (an index into the names that RequestMetrics was made with) was
  // answered with the HTTP status `code` after `duration`.
  void Record(std::size_t endpoint, ModelKey model, int code, base::Duration duration);

  // A request that is no prediction was answered. `endpoint` is the name of its operation, static
  // text, or empty if it reached none. It locks.
  void RecordOther(std::string_view endpoint, int code, AnswerReason reason);

  // The model is unloaded, and no answer of it comes any more. Its series end. Statistics by
  // endpoint keep their sums.
  void Forget(ModelKey model);

 private:
  friend class RequestMetrics;

  static constexpr std::size_t kSlots = 2048;   // power of two, well above kMaxSeries
  static constexpr std::size_t kMaxCodes = 24;  // different statuses of one series

  struct CodeCount {
    std::atomic<int> code{0};  // 0 if free
    telemetry::Counter count;
  };
  struct Series {
    std::uint64_t key = 0;
    telemetry::Histogram duration{telemetry::kDurationBounds};
    std::array<CodeCount, kMaxCodes> codes;
  };

  using SharedSeries = std::shared_ptr<Series>;
  // What is left of series that ended.
  struct Ended {
    telemetry::HistogramSnapshot duration;
    std::uint64_t errors = 0;
  };

  struct Sums {
    std::vector<SharedSeries> series;
    std::map<std::size_t, Ended> ended;  // by endpoint
  };

  static std::uint64_t ErrorsOf(const Series& series);
  Series& Find(std::size_t endpoint, ModelKey model);
  std::size_t SlotOf(std::uint64_t key) const;
  // For any thread. The series are read without a lock. One that ends meanwhile lives until then.
  Sums Read() const;

  // A hash table with open addressing, of the owner alone.
  std::vector<Series*> slots_;
  std::vector<SharedSeries> others_;  // one per endpoint, made at once
  // Held for the list and the sums, never for what the list points to.
  mutable base::Mutex series_mutex_;
  std::vector<SharedSeries> series_ GUARDED_BY(series_mutex_);    // what slots_ points to
  std::map<std::size_t, Ended> ended_ GUARDED_BY(series_mutex_);  // by endpoint
  mutable base::Mutex others_mutex_;
  std::map<std::tuple<std::string_view, int, AnswerReason>, std::uint64_t> other_requests_
      GUARDED_BY(others_mutex_);
  // The series of the previous request, because most requests are alike.
  Series* last_ = nullptr;
};

// One endpoint in the answer of `/api/v1/stats`. Durations in seconds.
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

// The shards of all threads, summed at each scrape. The series of a version end when it is
// unloaded. Any thread.
//
//   RequestMetrics requests({"predict", "predict_v1"});        // once
//   RequestShard& shard = requests.AddShard();                 // once a thread
//   const ModelKey key = requests.Intern("cancer", "1.0.0");   // once a load and thread
//   shard.Record(0, key, 200, duration);                       // every request
//   shard.Forget(key);                                         // once an unload and thread,
//   requests.Release(key);                                     // in this order
class RequestMetrics : public telemetry::Collector {
 public:
  // `endpoints` are the values of the label `endpoint`.
  explicit RequestMetrics(std::vector<std::string> endpoints);

  // A shard for one thread to record in. It lives as long as this object.
  RequestShard& AddShard();

  // Returns the same key for the same pair while it is held. Returns kOther if kMaxSeries pairs are
  // held. It locks, so call it for the load of a version and not for a request.
  ModelKey Intern(std::string_view model, std::string_view version);
  // Ends one Intern(). A pair that nothing holds any more leaves its place to a new one.
  void Release(ModelKey key);

  void Collect(telemetry::Exposition& exposition) const override;

  // One entry for each endpoint that has answered, in the order of the endpoints.
  std::vector<EndpointStats> Stats() const;

 private:
  struct Model {
    std::string name;
    std::string version;
    std::size_t holders = 1;
  };

  void Add(const RequestShard::Series& series, const Model& model,
           telemetry::Exposition& exposition) const;

  const std::vector<std::string> endpoints_;
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<RequestShard>> shards_ GUARDED_BY(mutex_);
  std::map<ModelKey, Model> models_ GUARDED_BY(mutex_);
  std::uint32_t next_key_ GUARDED_BY(mutex_) = 2;  // a key is never used again
};

}  // namespace moorage::api
