#include "domain/serving/lane/admission.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace moorage::lane {
namespace {

class AdmissionTest : public testing::Test {
 protected:
  static std::vector<std::unique_ptr<Admission::Account>> Lanes(Admission& admission,
                                                                std::size_t count) {
    std::vector<std::unique_ptr<Admission::Account>> lanes;
    for (std::size_t i = 0; i < count; ++i) {
      lanes.push_back(std::make_unique<Admission::Account>(admission));
    }
    return lanes;
  }
};

TEST_F(AdmissionTest, OneOfManyLanesMayHaveAllPlaces) {
  Admission admission({.max_requests = 100});
  const auto lanes = Lanes(admission, 8);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(lanes[3]->Enter()) << i;
  EXPECT_FALSE(lanes[3]->Enter());
  EXPECT_FALSE(lanes[5]->Enter());
}

TEST_F(AdmissionTest, ThePlaceThatALaneReturnsIsFreeForEveryOther) {
  Admission admission({.max_requests = 3});
  const auto lanes = Lanes(admission, 64);
  EXPECT_TRUE(lanes[0]->Enter() && lanes[1]->Enter() && lanes[2]->Enter());
  for (const auto& lane : lanes) EXPECT_FALSE(lane->Enter());
  lanes[1]->Leave(1);
  EXPECT_TRUE(lanes[63]->Enter());
  for (const auto& lane : lanes) EXPECT_FALSE(lane->Enter());
}

TEST_F(AdmissionTest, CreditThatALaneLeavesUnusedIsNoPlaceLost) {
  Admission admission({.max_requests = 100});
  const auto lanes = Lanes(admission, 4);
  for (const auto& lane : lanes) {
    ASSERT_TRUE(lane->Enter());
    lane->Leave(1);
  }
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(lanes[0]->Enter()) << i;
  EXPECT_FALSE(lanes[0]->Enter());
}

TEST_F(AdmissionTest, ALaneThatEndsReturnsItsCredit) {
  Admission admission({.max_requests = 2});
  auto lanes = Lanes(admission, 2);
  EXPECT_TRUE(lanes[0]->Enter());
  lanes[0]->Leave(1);
  lanes.erase(lanes.begin());
  EXPECT_TRUE(lanes[0]->Enter() && lanes[0]->Enter());
  EXPECT_FALSE(lanes[0]->Enter());
}

TEST_F(AdmissionTest, ManyThreadsNeverHaveMoreThanTheBoundAndLoseNoPlace) {
  constexpr std::size_t kBound = 5;
  Admission admission({.max_requests = kBound});
  const auto lanes = Lanes(admission, 4);
  std::atomic<std::size_t> inside{0};
  std::atomic<std::size_t> most{0};
  std::vector<std::thread> threads;
  for (const auto& lane : lanes) {
    threads.emplace_back([&, account = lane.get()] {
      for (int i = 0; i < 20'000; ++i) {
        std::size_t held = 0;
        while (held < 3 && account->Enter()) {
          ++held;
          const std::size_t now = ++inside;
          std::size_t seen = most.load();
          while (seen < now && !most.compare_exchange_weak(seen, now)) {
          }
        }
        inside -= held;
        if (held > 0) account->Leave(held);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most.load(), kBound);
  for (std::size_t i = 0; i < kBound; ++i) EXPECT_TRUE(lanes[0]->Enter());
  EXPECT_FALSE(lanes[0]->Enter());
}

TEST_F(AdmissionTest, OneClientMayHoldThreeQuartersAndAlwaysOne) {
  EXPECT_EQ(Admission({.max_requests = 1}).Share(), 1U);
  EXPECT_EQ(Admission({.max_requests = 2}).Share(), 1U);
  EXPECT_EQ(Admission({.max_requests = 8}).Share(), 6U);
  EXPECT_EQ(Admission({.max_requests = 100}).Share(), 75U);
}

TEST_F(AdmissionTest, ManyClientsThatTakeTheirSharesLeavePlacesToOthers) {
  Admission admission({.max_requests = 100});
  std::vector<std::size_t> held(8, 0);
  std::size_t all = 0;
  for (int round = 0; round < 100; ++round) {
    for (std::size_t& own : held) {
      if (own >= admission.Share()) continue;
      ++own;
      ++all;
      admission.Hold(1);
    }
  }
  EXPECT_LT(all, 98U);
  EXPECT_GE(*std::ranges::min_element(held), 10U);
  admission.Unhold(all);
  EXPECT_EQ(admission.Share(), 75U);
}

}  // namespace
}  // namespace moorage::lane
