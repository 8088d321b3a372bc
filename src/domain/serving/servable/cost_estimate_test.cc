#include "domain/serving/servable/cost_estimate.h"

#include <gtest/gtest.h>

namespace moorage::servable {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

// 100 us and 10 us for each row.
constexpr RunCost kMeasured{.fixed = microseconds(100), .per_row = microseconds(10)};

TEST(CostEstimate, IsTheLineMeasuredAtLoadToBeginWith) {
  const CostEstimate cost(kMeasured);
  EXPECT_EQ(cost.Of(1), microseconds(110));
  EXPECT_EQ(cost.Of(32), microseconds(420));
}

TEST(CostEstimate, CountsARunForEachSlice) {
  const CostEstimate cost(kMeasured);
  EXPECT_EQ(cost.OfSlices(0, 8), nanoseconds(0));
  EXPECT_EQ(cost.OfSlices(8, 8), microseconds(180));
  EXPECT_EQ(cost.OfSlices(16, 8), microseconds(360));
  EXPECT_EQ(cost.OfSlices(19, 8), microseconds(360 + 130));
}

TEST(CostEstimate, NoRunIsFree) {
  CostEstimate cost({.fixed = {}, .per_row = {}});
  EXPECT_EQ(cost.Of(1), nanoseconds(100));
  cost.Record(1, nanoseconds(0));
  EXPECT_GT(cost.Of(1), nanoseconds(0));
}

// The mean of the ratio 2 after n runs is 2 - (15/16)^n: 1.476 after ten, 1.508 after eleven.
TEST(CostEstimate, MovesWhenTheMeanHasLeftItByHalfAndNotBefore) {
  CostEstimate cost(kMeasured);
  for (int run = 0; run < 10; ++run) cost.Record(10, microseconds(400));
  EXPECT_EQ(cost.Of(10), microseconds(200));
  cost.Record(10, microseconds(400));
  EXPECT_NEAR(static_cast<double>(cost.Of(10).count()), 1.508 * 200e3, 0.001 * 200e3);
  EXPECT_NEAR(static_cast<double>(cost.Of(1).count()), 1.508 * 110e3, 0.001 * 110e3);
}

TEST(CostEstimate, FollowsAModelThatBecomesCheaper) {
  CostEstimate cost(kMeasured);
  for (int run = 0; run < 200; ++run) cost.Record(1, microseconds(11));
  EXPECT_LT(cost.Of(1), microseconds(20));
  EXPECT_GT(cost.Of(1), microseconds(10));
}

TEST(CostEstimate, OnePreemptedRunChangesNothing) {
  CostEstimate cost(kMeasured);
  cost.Record(1, std::chrono::seconds(10));
  EXPECT_EQ(cost.Of(1), microseconds(110));
}

TEST(CostEstimate, BelievesARunAtOnceWhereItIsTold) {
  CostEstimate cost(kMeasured);
  cost.Believe(1, microseconds(11'000));
  EXPECT_EQ(cost.Of(1), microseconds(11'000));
  EXPECT_EQ(cost.Of(12), microseconds(22'000));
}

}  // namespace
}  // namespace moorage::servable
