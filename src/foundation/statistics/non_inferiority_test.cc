#include "foundation/statistics/non_inferiority.h"

#include <gtest/gtest.h>

namespace moorage::statistics {
namespace {

// Without a row that only one answered correctly, T = sqrt(n m / (1 - m)).
TEST(NonInferiorityP, HasAClosedFormWhereTheTwoNeverDiffer) {
  EXPECT_NEAR(NonInferiorityP({.rows = 19}, 0.05), 0.15865525393145707, 1e-12);  // z = 1
  EXPECT_NEAR(NonInferiorityP({.rows = 76}, 0.05), 0.02275013194817921, 1e-12);  // z = 2
  EXPECT_EQ(NonInferiorityP({.rows = 0}, 0.05), 1);
}

// The example of the paper has 44 pairs with one discordant pair, and the margin 0.1. Its Z
// is 1.709.
TEST(NonInferiorityP, AgreesWithThePaper) {
  EXPECT_NEAR(NonInferiorityP({.rows = 44, .only_first = 0, .only_second = 1}, 0.1), 0.04377, 1e-5);
}

TEST(NonInferiorityP, FallsWithGainsAndRisesWithLosses) {
  const double equal = NonInferiorityP({.rows = 200, .only_first = 5, .only_second = 5}, 0.05);
  EXPECT_LT(NonInferiorityP({.rows = 200, .only_first = 9, .only_second = 1}, 0.05), equal);
  EXPECT_GT(NonInferiorityP({.rows = 200, .only_first = 1, .only_second = 9}, 0.05), equal);
  EXPECT_GE(NonInferiorityP({.rows = 200, .only_first = 0, .only_second = 10}, 0.05), 0.5);
}

TEST(NonInferiorityP, HoldsWhereEveryRowDiffers) {
  EXPECT_LT(NonInferiorityP({.rows = 50, .only_first = 50, .only_second = 0}, 0.05), 1e-6);
  EXPECT_GT(NonInferiorityP({.rows = 50, .only_first = 0, .only_second = 50}, 0.05), 0.999);
}

TEST(RowsToDecide, IsWhereThePValueReachesTheLevel) {
  EXPECT_EQ(RowsToDecide({.rows = 45}, 0.05, 0.05), 52);
  EXPECT_LE(NonInferiorityP({.rows = 52}, 0.05), 0.05);
  EXPECT_GT(NonInferiorityP({.rows = 51}, 0.05), 0.05);
  EXPECT_EQ(RowsToDecide({.rows = 100, .only_first = 0, .only_second = 5}, 0.05, 0.05), 0);
}

}  // namespace
}  // namespace moorage::statistics
