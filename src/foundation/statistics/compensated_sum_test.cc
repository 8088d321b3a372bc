#include "foundation/statistics/compensated_sum.h"

#include <gtest/gtest.h>

namespace moorage::statistics {
namespace {

TEST(CompensatedSum, KeepsWhatPlainAdditionLoses) {
  CompensatedSum sum;
  for (const double term : {1.0, 1e100, 1.0, -1e100}) sum.Add(term);
  EXPECT_EQ(sum.value(), 2);
  CompensatedSum tenths;
  for (int i = 0; i < 10; ++i) tenths.Add(0.1);
  EXPECT_EQ(tenths.value(), 1);
}

}  // namespace
}  // namespace moorage::statistics
