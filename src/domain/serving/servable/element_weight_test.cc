#include "domain/serving/servable/element_weight.h"

#include <gtest/gtest.h>

#include <vector>

namespace moorage::servable {
namespace {

using std::chrono::microseconds;

TEST(ElementWeight, ARowOfTheProbeOrSmallerCountsAsOne) {
  const std::vector<CostPoint> costs = {{.rows = 1, .elements = 8, .time = microseconds(10)}};
  EXPECT_EQ(ElementWeight(costs).Of(8), 1);
  EXPECT_EQ(ElementWeight(costs).Of(1), 1);
  EXPECT_EQ(ElementWeight({}).Of(1'000'000), 1);
}

TEST(ElementWeight, GrowsInProportionWhereNothingElseIsKnown) {
  const std::vector<CostPoint> costs = {{.rows = 1, .elements = 8, .time = microseconds(10)},
                                        {.rows = 8, .elements = 8, .time = microseconds(70)}};
  EXPECT_DOUBLE_EQ(ElementWeight(costs).Of(8000), 1000);
}

TEST(ElementWeight, GrowsAsTheProbeHasSeenIt) {
  const std::vector<CostPoint> quadratic = {{.rows = 1, .elements = 8, .time = microseconds(10)},
                                            {.rows = 1, .elements = 32, .time = microseconds(160)}};
  EXPECT_NEAR(ElementWeight(quadratic).Of(80), 100, 1e-6);
  const std::vector<CostPoint> flat = {{.rows = 1, .elements = 8, .time = microseconds(10)},
                                       {.rows = 1, .elements = 32, .time = microseconds(11)}};
  EXPECT_DOUBLE_EQ(ElementWeight(flat).Of(80), 10) << "overhead hides what elements cost";
}

}  // namespace
}  // namespace moorage::servable
