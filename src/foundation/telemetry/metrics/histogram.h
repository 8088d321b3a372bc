#pragma once

// Counts observations in buckets, without a lock.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "foundation/base/clock.h"

namespace moorage::telemetry {

// The most upper bounds of a histogram. Bounds are ascending and belong to their bucket. One more
// bucket holds the rest.
inline constexpr std::size_t kMaxBounds = 24;

// Seconds, from 25 us to 10 s.
inline constexpr std::array<double, 18> kDurationBounds = {25e-6,  50e-6, 1e-4, 2.5e-4, 5e-4, 1e-3,
                                                           2.5e-3, 5e-3,  1e-2, 2.5e-2, 5e-2, 0.1,
                                                           0.25,   0.5,   1,    2.5,    5,    10};
// Seconds for the stages of a request, from 1 us to 10 s.
inline constexpr std::array<double, 22> kStageBounds = {
    1e-6, 2.5e-6, 5e-6,   1e-5, 25e-6, 50e-6, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3,
    5e-3, 1e-2,   2.5e-2, 5e-2, 0.1,   0.25,  0.5,  1,      2.5,  5,    10};
// Rows, from 1 to 1024.
inline constexpr std::array<double, 11> kBatchSizeBounds = {1,  2,   4,   8,   16,  32,
                                                            64, 128, 256, 512, 1024};

// What a histogram held at one moment. A plain value.
struct HistogramSnapshot {
  std::span<const double> bounds;
  std::vector<std::uint64_t> counts;  // one per bound and one for the rest, not cumulative
  double sum = 0;
  double min = 0;  // of all observations, 0 if there are none
  double max = 0;

  std::uint64_t count() const;
  double mean() const;  // 0 if there are no observations

  // The value below which the share `q` of the observations lies, 0 <= q <= 1. It is interpolated
  // within its bucket, so its error is less than the bucket's width. It is never outside [min,
  // max], and 0 if there are no observations.
  double Quantile(double q) const;

  // Adds what another histogram with the same bounds has seen. An empty snapshot without bounds
  // takes the other's.
  void Merge(const HistogramSnapshot& other);
};

// Counts observations by size. One thread observes, any thread takes snapshots. `bounds` is a
// constant table of at most kMaxBounds.
class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds) : bounds_(bounds) {}

  // The same value `times` times, at least once.
  void Observe(double value, std::uint64_t times = 1);
  void Observe(base::Duration duration, std::uint64_t times = 1) {
    Observe(static_cast<double>(duration.count()) * 1e-9, times);
  }

  // Its count and its sum may differ by the one observation that is just being made.
  HistogramSnapshot Snapshot() const;

 private:
  void FindBucket(double value);

  const std::span<const double> bounds_;
  std::array<std::atomic<std::uint64_t>, kMaxBounds + 1> counts_{};
  std::atomic<double> sum_{0};
  std::atomic<double> min_{std::numeric_limits<double>::infinity()};
  std::atomic<double> max_{-std::numeric_limits<double>::infinity()};

  // The bucket of the last observation, and its bounds. Only of the thread that observes. No value
  // lies between the bounds before the first one.
  std::size_t last_ = 0;
  double above_ = 0;
  double up_to_ = 0;
};

}  // namespace moorage::telemetry
