#include "foundation/base/memory_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <set>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace moorage::base {
namespace {

constexpr auto kRows = MemoryPurpose::kRows;
constexpr auto kJobs = MemoryPurpose::kJobs;

TEST(MemoryBudget, GivesBackWhatADestroyedChargeHeld) {
  MemoryBudget budget(100);
  {
    const auto charge = budget.Take(60, kRows);
    ASSERT_TRUE(charge.ok());
    EXPECT_EQ(budget.used(), 60U);
    EXPECT_EQ(budget.used(kRows), 60U);
    EXPECT_EQ(budget.used(kJobs), 0U);
  }
  EXPECT_EQ(budget.used(), 0U);
  EXPECT_EQ(budget.used(kRows), 0U);
}

TEST(MemoryBudget, RefusesWhatIsMoreThanIsLeftAndCountsIt) {
  MemoryBudget budget(100);
  const auto first = budget.Take(100, kRows);
  ASSERT_TRUE(first.ok());
  const auto second = budget.Take(1, kJobs);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kExhausted);
  EXPECT_NE(second.error().message.find("server.memory is 100B"), std::string::npos)
      << second.error().message;
  EXPECT_EQ(budget.refused(kJobs), 1U);
  EXPECT_EQ(budget.refused(kRows), 0U);
  EXPECT_EQ(budget.used(), 100U);
}

TEST(MemoryBudget, KeepsAnEighthForSmallCharges) {
  constexpr std::size_t kMiB = std::size_t{1} << 20U;
  MemoryBudget budget(80 * kMiB);
  EXPECT_FALSE(budget.Take(71 * kMiB, kRows).ok());
  const auto large = budget.Take(70 * kMiB, kRows);
  ASSERT_TRUE(large.ok());
  EXPECT_FALSE(budget.Take(kMiB + 1, kRows).ok());
  std::vector<MemoryCharge> small;
  for (int i = 0; i < 10; ++i) {
    auto charge = budget.Take(kMiB, kJobs);
    ASSERT_TRUE(charge.ok()) << i;
    small.push_back(*std::move(charge));
  }
  EXPECT_FALSE(budget.Take(1, kJobs).ok());
  // A charge that grows beyond the bound of small ones is a large one.
  small.pop_back();
  EXPECT_FALSE(small.front().Resize(kMiB + 1).ok());
  EXPECT_TRUE(budget.Take(kMiB, kJobs).ok());
}

TEST(MemoryBudget, RefusesASizeThatWouldWrapASum) {
  MemoryBudget budget(100);
  const auto held = budget.Take(50, kRows);
  ASSERT_TRUE(held.ok());
  EXPECT_FALSE(budget.Take(std::numeric_limits<std::size_t>::max(), kRows).ok());
  EXPECT_EQ(budget.used(), 50U);
}

TEST(MemoryCharge, KeepsItsSizeWhenItMayNotGrow) {
  MemoryBudget budget(100);
  MemoryCharge charge(budget, kRows);
  ASSERT_TRUE(charge.Resize(80).ok());
  EXPECT_FALSE(charge.Resize(101).ok());
  EXPECT_EQ(charge.bytes(), 80U);
  ASSERT_TRUE(charge.Resize(100).ok());
  ASSERT_TRUE(charge.Resize(10).ok());
  EXPECT_EQ(budget.used(), 10U);
}

TEST(MemoryCharge, IsHeldOnceAfterAMove) {
  MemoryBudget budget(100);
  MemoryCharge one(budget, kRows);
  ASSERT_TRUE(one.Resize(40).ok());
  MemoryCharge two(std::move(one));
  EXPECT_EQ(budget.used(), 40U);
  MemoryCharge three(budget, kJobs);
  ASSERT_TRUE(three.Resize(30).ok());
  three = std::move(two);
  EXPECT_EQ(budget.used(), 40U);
  EXPECT_EQ(budget.used(kJobs), 0U);
  three.Release();
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryCharge, WithoutABudgetGrantsEverySize) {
  MemoryCharge charge;
  EXPECT_TRUE(charge.Resize(std::numeric_limits<std::size_t>::max()).ok());
}

TEST(MemoryBudget, NeverGrantsMoreThanItsLimitToManyThreads) {
  constexpr std::size_t kLimit = 1000;
  MemoryBudget budget(kLimit);
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      MemoryCharge charge(budget, kRows);
      for (std::size_t round = 0; round < 2000; ++round) {
        const auto status = charge.Resize((round * 37 + i * 101) % 600);
        if (status.ok() && budget.used() > kLimit) exceeded = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryPurpose, HasANameOfItsOwnEach) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kMemoryPurposes; ++i) names.insert(Name(MemoryPurpose(i)));
  EXPECT_EQ(names.size(), kMemoryPurposes);
}

}  // namespace
}  // namespace moorage::base
