#include "foundation/statistics/mcnemar.h"

#include <gtest/gtest.h>

namespace moorage::statistics {
namespace {

// Expected values are those of statsmodels, mcnemar(exact=True).
TEST(McNemarExact, AgreesWithKnownValues) {
  EXPECT_NEAR(McNemarExact(10, 2), 0.03857421875, 1e-15);
  EXPECT_NEAR(McNemarExact(25, 15), 0.15386, 1e-5);
  EXPECT_NEAR(McNemarExact(0, 6), 0.03125, 1e-15);
  EXPECT_EQ(McNemarExact(5, 5), 1);
}

TEST(McNemarExact, SaysNothingWhereTheTwoNeverDiffer) { EXPECT_EQ(McNemarExact(0, 0), 1); }

TEST(McNemarExact, IsSymmetricAndHoldsForMany) {
  EXPECT_EQ(McNemarExact(3, 9), McNemarExact(9, 3));
  EXPECT_NEAR(McNemarExact(5000, 5200), 0.0488, 1e-3);
}

}  // namespace
}  // namespace moorage::statistics
