#include "foundation/telemetry/log/rate_limit.h"

#include <gtest/gtest.h>

namespace moorage::telemetry {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNow = 1'769'476'092 * kSecond;  // 2026-01-27

int TakenOf(RateLimit& limit, int asked, std::int64_t now) {
  int taken = 0;
  for (int i = 0; i < asked; ++i) taken += limit.Take(now) ? 1 : 0;
  return taken;
}

TEST(RateLimit, GivesASecondsWorthAtOnceAndRefillsWithTime) {
  RateLimit limit(100);
  EXPECT_EQ(TakenOf(limit, 500, kNow), 100);
  EXPECT_EQ(TakenOf(limit, 500, kNow + kSecond / 4), 25);
  EXPECT_EQ(TakenOf(limit, 500, kNow + 3600 * kSecond), 100);
}

TEST(RateLimit, LetsARateBelowOneASecondThroughNowAndThen) {
  RateLimit limit(0.5);
  EXPECT_EQ(TakenOf(limit, 10, kNow), 1);
  EXPECT_EQ(TakenOf(limit, 10, kNow + kSecond), 0);
  EXPECT_EQ(TakenOf(limit, 10, kNow + 2 * kSecond), 1);
}

TEST(RateLimit, SurvivesAClockThatGoesBack) {
  RateLimit limit(10);
  EXPECT_EQ(TakenOf(limit, 10, kNow), 10);
  EXPECT_EQ(TakenOf(limit, 10, kNow - 60 * kSecond), 0);
  EXPECT_EQ(TakenOf(limit, 10, kNow - 59 * kSecond), 10);
}

TEST(RateLimit, KnowsNoLimitAtZeroAndTakesAnotherRate) {
  RateLimit limit(0);
  EXPECT_EQ(TakenOf(limit, 10'000, kNow), 10'000);
  limit.Set(5);
  EXPECT_EQ(TakenOf(limit, 100, kNow), 5);
}

}  // namespace
}  // namespace moorage::telemetry
