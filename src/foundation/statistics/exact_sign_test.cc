#include "foundation/statistics/exact_sign.h"

#include <gtest/gtest.h>

namespace moorage::statistics {
namespace {

// Expected values are those of scipy, binomtest(wins, n, 0.5, alternative='greater').pvalue.
TEST(SignTestExact, AgreesWithKnownValues) {
  EXPECT_NEAR(SignTestExact(10, 2), 0.019287109375, 1e-15);
  EXPECT_NEAR(SignTestExact(6, 0), 0.015625, 1e-15);
  EXPECT_NEAR(SignTestExact(5, 5), 0.623046875, 1e-15);
  EXPECT_NEAR(SignTestExact(2, 10), 0.996826171875, 1e-12);
}

TEST(SignTestExact, IsOneWhereNothingWasWon) {
  EXPECT_EQ(SignTestExact(0, 0), 1);
  EXPECT_EQ(SignTestExact(0, 7), 1);
}

TEST(SignTestExact, HoldsForMany) { EXPECT_NEAR(SignTestExact(50200, 49800), 0.1034, 1e-3); }

}  // namespace
}  // namespace moorage::statistics
