#include "foundation/telemetry/metrics/histogram.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace moorage::telemetry {

std::uint64_t HistogramSnapshot::count() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double HistogramSnapshot::mean() const {
  const std::uint64_t total = count();
  return total == 0 ? 0 : sum / static_cast<double>(total);
}

// Interpolates linearly inside the bucket that holds the rank, as histogram_quantile() of
// Prometheus does. The extremes narrow the outer buckets.
double HistogramSnapshot::Quantile(double q) const {
  const std::uint64_t total = count();
  if (total == 0) return 0;
  const double rank = q * static_cast<double>(total);
  double below = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto here = static_cast<double>(counts[i]);
    if (here == 0 || below + here < rank) {
      below += here;
      continue;
    }
    // The observations of a bucket lie between its bounds and between the extremes.
    const double low = std::max(i == 0 ? min : bounds[i - 1], min);
    const double high = std::min(i < bounds.size() ? bounds[i] : max, max);
    return std::clamp(low + (high - low) * (rank - below) / here, min, max);
  }
  // Reached only where rounding puts the rank above the total.
  return max;
}

void HistogramSnapshot::Merge(const HistogramSnapshot& other) {
  // The extremes of a histogram without observations are 0 and must not count.
  if (other.count() == 0) {
    if (bounds.empty()) *this = other;
    return;
  }
  if (count() == 0) {
    *this = other;
    return;
  }
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
}

void Histogram::FindBucket(double value) {
  // The first bound that is not below the value, because a bound belongs to its bucket (`le`).
  last_ = static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  above_ = last_ == 0 ? -std::numeric_limits<double>::infinity() : bounds_[last_ - 1];
  up_to_ = last_ < bounds_.size() ? bounds_[last_] : std::numeric_limits<double>::infinity();
}

void Histogram::Observe(double value, std::uint64_t times) {
  // Observations that follow each other are mostly alike, which saves the search.
  if (!(value > above_ && value <= up_to_)) FindBucket(value);
  // Loads and stores in place of fetch_add(), because one thread alone observes.
  constexpr auto kRelaxed = std::memory_order_relaxed;
  if (value < min_.load(kRelaxed)) min_.store(value, kRelaxed);
  if (value > max_.load(kRelaxed)) max_.store(value, kRelaxed);
  sum_.store(sum_.load(kRelaxed) + value * static_cast<double>(times), kRelaxed);
  std::atomic<std::uint64_t>& count = counts_[last_];
  count.store(count.load(kRelaxed) + times, kRelaxed);
}

HistogramSnapshot Histogram::Snapshot() const {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  HistogramSnapshot snapshot;
  snapshot.bounds = bounds_;
  snapshot.counts.reserve(bounds_.size() + 1);
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    snapshot.counts.push_back(counts_.at(i).load(kRelaxed));
  }
  snapshot.sum = sum_.load(kRelaxed);
  const double min = min_.load(kRelaxed);
  const double max = max_.load(kRelaxed);
  // Before the first observation they are infinite, and it may be seen in one of them only.
  if (min <= max) {
    snapshot.min = min;
    snapshot.max = max;
  }
  return snapshot;
}

}  // namespace moorage::telemetry
