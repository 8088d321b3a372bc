#include "foundation/telemetry/metrics/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace moorage::telemetry {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Histogram, PutsABoundIntoItsOwnBucket) {
  Histogram histogram(kBatchSizeBounds);
  for (const double rows : {1.0, 2.0, 3.0, 4.0, 1024.0, 1025.0}) histogram.Observe(rows);
  const HistogramSnapshot snapshot = histogram.Snapshot();
  EXPECT_EQ(snapshot.counts, (std::vector<std::uint64_t>{1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(snapshot.count(), 6U);
  EXPECT_DOUBLE_EQ(snapshot.sum, 2059);
  EXPECT_DOUBLE_EQ(snapshot.min, 1);
  EXPECT_DOUBLE_EQ(snapshot.max, 1025);
}

TEST(Histogram, FindsTheBucketOfEachValueInAnyOrder) {
  std::mt19937 random(3);
  Histogram histogram(kBatchSizeBounds);
  std::vector<std::uint64_t> expected(kBatchSizeBounds.size() + 1);
  for (int i = 0; i < 10000; ++i) {
    // Bounds, values between them and values outside, each after each.
    const double rows = static_cast<double>(random() % 2100) / 2 - 1;
    histogram.Observe(rows);
    const auto bound = std::ranges::lower_bound(kBatchSizeBounds, rows);
    ++expected[static_cast<std::size_t>(bound - kBatchSizeBounds.begin())];
  }
  EXPECT_EQ(histogram.Snapshot().counts, expected);
}

TEST(Histogram, MeasuresDurationsInSeconds) {
  Histogram histogram(kDurationBounds);
  histogram.Observe(microseconds(80));
  histogram.Observe(milliseconds(120));
  const HistogramSnapshot snapshot = histogram.Snapshot();
  EXPECT_DOUBLE_EQ(snapshot.min, 80e-6);
  EXPECT_DOUBLE_EQ(snapshot.max, 0.12);
  EXPECT_NEAR(snapshot.mean(), 0.06004, 1e-12);
}

TEST(Histogram, CountsAValueAsOftenAsItIsTold) {
  Histogram histogram(kStageBounds);
  histogram.Observe(microseconds(3), 32);
  histogram.Observe(microseconds(2), 2);
  const HistogramSnapshot snapshot = histogram.Snapshot();
  EXPECT_EQ(snapshot.count(), 34U);
  EXPECT_EQ(snapshot.counts[1], 2U);   // above 1 us, to 2.5 us
  EXPECT_EQ(snapshot.counts[2], 32U);  // to 5 us
  EXPECT_NEAR(snapshot.sum, 100e-6, 1e-15);
  EXPECT_DOUBLE_EQ(snapshot.min, 2e-6);
  EXPECT_DOUBLE_EQ(snapshot.max, 3e-6);
}

TEST(Histogram, HasBoundsThatAscendAndFit) {
  EXPECT_TRUE(std::ranges::is_sorted(kDurationBounds));
  EXPECT_TRUE(std::ranges::is_sorted(kStageBounds));
  EXPECT_TRUE(std::ranges::is_sorted(kBatchSizeBounds));
  EXPECT_LE(kDurationBounds.size(), kMaxBounds);
  EXPECT_LE(kStageBounds.size(), kMaxBounds);
  EXPECT_DOUBLE_EQ(kDurationBounds.front(), 25e-6);
  EXPECT_DOUBLE_EQ(kDurationBounds.back(), 10);
}

// The width of the bucket that holds `value`, which bounds the error of a quantile.
double BucketWidth(double value, double min, double max) {
  double low = min;
  for (const double bound : kDurationBounds) {
    if (value <= bound) return std::min(bound, max) - std::max(low, min);
    low = bound;
  }
  return max - low;
}

TEST(Histogram, GivesQuantilesWithinTheWidthOfABucketOfTheExactOnes) {
  std::mt19937 random(20260127);
  for (const double sigma : {0.3, 1.0, 2.5}) {
    std::lognormal_distribution<double> latency(std::log(1e-3), sigma);
    Histogram histogram(kDurationBounds);
    std::vector<double> exact;
    for (int i = 0; i < 20000; ++i) {
      exact.push_back(latency(random));
      histogram.Observe(exact.back());
    }
    std::ranges::sort(exact);
    const HistogramSnapshot snapshot = histogram.Snapshot();
    for (const double q : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999}) {
      const double truth = exact[static_cast<std::size_t>(q * 20000)];
      EXPECT_NEAR(snapshot.Quantile(q), truth, BucketWidth(truth, exact.front(), exact.back()))
          << "q " << q << " sigma " << sigma;
    }
    EXPECT_DOUBLE_EQ(snapshot.Quantile(0), exact.front());
    EXPECT_DOUBLE_EQ(snapshot.Quantile(1), exact.back());
  }
}

TEST(Histogram, AnswersWithTheOnlyValueIfThereIsOne) {
  Histogram histogram(kDurationBounds);
  EXPECT_EQ(histogram.Snapshot().Quantile(0.5), 0);
  EXPECT_EQ(histogram.Snapshot().mean(), 0);
  histogram.Observe(0.0042);
  for (const double q : {0.0, 0.5, 0.99, 1.0}) {
    EXPECT_DOUBLE_EQ(histogram.Snapshot().Quantile(q), 0.0042);
  }
}

TEST(Histogram, MergesAsIfOneHadSeenAll) {
  Histogram one(kDurationBounds);
  Histogram other(kDurationBounds);
  Histogram all(kDurationBounds);
  for (int i = 1; i <= 100; ++i) {
    (i % 3 == 0 ? one : other).Observe(i * 1e-4);
    all.Observe(i * 1e-4);
  }
  HistogramSnapshot merged;
  merged.Merge(one.Snapshot());
  merged.Merge(other.Snapshot());
  merged.Merge(Histogram(kDurationBounds).Snapshot());
  EXPECT_EQ(merged.counts, all.Snapshot().counts);
  EXPECT_NEAR(merged.sum, all.Snapshot().sum, 1e-12);
  EXPECT_DOUBLE_EQ(merged.min, 1e-4);
  EXPECT_DOUBLE_EQ(merged.max, 1e-2);
}

TEST(Histogram, MayBeReadWhileItsThreadObserves) {
  Histogram histogram(kBatchSizeBounds);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 50000; ++i) histogram.Observe(i % 40);
    done = true;
  });
  std::uint64_t before = 0;
  while (!done) {
    const std::uint64_t now = histogram.Snapshot().count();
    EXPECT_GE(now, before);
    before = now;
  }
  writer.join();
  EXPECT_EQ(histogram.Snapshot().count(), 50000U);
}

}  // namespace
}  // namespace moorage::telemetry
