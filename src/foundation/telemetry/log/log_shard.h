#pragma once

// The part of the log that one thread of the data plane records in.

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "foundation/telemetry/log/async_log_options.h"
#include "foundation/telemetry/log/log_entry.h"
#include "foundation/telemetry/log/log_record.h"
#include "foundation/telemetry/log/log_ring.h"
#include "foundation/telemetry/log/rate_limit.h"
#include "foundation/telemetry/metrics/counter.h"

namespace moorage::telemetry {

// Wakes the thread that empties the rings. Waking is a hint. A lost one costs a
// tenth of a second, or a second where the log is idle.
class LogWaker {
 public:
  void Wake() {
    if (asked_.load(std::memory_order_relaxed)) return;
    asked_.store(true, std::memory_order_relaxed);
    condition_.notify_one();
  }
  // The thread found nothing for a while, and waits longer than it does between records.
  bool idle() const { return idle_.load(std::memory_order_relaxed); }

 private:
  friend class AsyncLog;
  std::atomic<bool> asked_{false};
  std::atomic<bool> idle_{false};
  std::condition_variable condition_;
};

// Records what one thread of the data plane did. Only the thread that owns the shard records.
// Recording copies the texts into the ring of the shard. It never waits, locks or allocates. What
// does not fit is dropped and counted.
class LogShard {
 public:
  // `options` and `waker` outlive the shard.
  LogShard(const AsyncLogOptions& options, LogWaker& waker);

  // At most the shard's share of options.max_per_second. What is beyond counts as dropped by rate.
  void Prediction(const PredictionRecord& record);
  // Likewise with options.max_accesses_per_second.
  void Access(const AccessRecord& record);
  // Never limited by rate.
  void Error(const ErrorRecord& record);

  // Records of a type that found the ring full, and those beyond the rate.
  std::uint64_t dropped_full(LogType type) const { return Of(full_, type).value(); }
  std::uint64_t dropped_rate(LogType type) const { return Of(rate_, type).value(); }

 private:
  friend class AsyncLog;
  using Counters = std::array<Counter, kLogTypes>;
  static const Counter& Of(const Counters& counters, LogType type) {
    return counters[static_cast<std::size_t>(type)];
  }

  bool Enabled(LogLevel level) const { return level >= options_.level && !options_.file.empty(); }
  // Decides by the request id, so that a request is kept or not whatever came before it, and every
  // process that sees it decides alike.
  bool Sampled(std::string_view request_id) const;
  // Counts the record as dropped if the limit of its type refuses it.
  bool WithinRate(LogType type, RateLimit& limit, std::int64_t now);
  // This shard is one of so many.
  void ShareAmong(std::size_t shards);
  // What predictions and errors are logged with alike.
  template <typename Record>
  LogEntry InferenceEntry(LogType type, const Record& record) const;
  void KeepPayload(std::string_view request, std::size_t request_bytes, std::string_view response,
                   LogEntry& entry) const;
  void Put(const LogEntry& entry);

  const AsyncLogOptions& options_;
  LogWaker& waker_;
  LogRing ring_;
  Counters full_;
  Counters rate_;

  // This shard's shares, which AsyncLog sets anew as shards are added.
  RateLimit predictions_;
  RateLimit accesses_;
};

}  // namespace moorage::telemetry
