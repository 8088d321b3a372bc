#include "edge/net/cpu_budget.h"

#include <gtest/gtest.h>

namespace moorage::net {
namespace {

TEST(CpuBudget, ReadsTheQuotaOfAControlGroup) {
  EXPECT_EQ(ParseCpuMax("200000 100000\n"), 2U);
  EXPECT_EQ(ParseCpuMax("150000 100000"), 2U);
  EXPECT_EQ(ParseCpuMax("50000 100000"), 1U);
  EXPECT_EQ(ParseCpuMax("400000\n 100000\n"), 4U);
  EXPECT_EQ(ParseCpuMax("max 100000"), std::nullopt);
  EXPECT_EQ(ParseCpuMax("-1\n 100000\n"), std::nullopt);
  EXPECT_EQ(ParseCpuMax("100000 0"), std::nullopt);
  EXPECT_EQ(ParseCpuMax(""), std::nullopt);
}

TEST(CpuBudget, IsAtLeastOneCpu) { EXPECT_GE(UsableCpus(), 1U); }

}  // namespace
}  // namespace moorage::net
