#include "foundation/base/clock.h"

#include <gtest/gtest.h>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/units.h"

namespace moorage::base {
namespace {

TEST(SystemClock, MonotonicTimeNeverGoesBack) {
  const SystemClock& clock = SystemClock::Get();
  Instant last = clock.Monotonic();
  for (int i = 0; i < 1000; ++i) {
    const Instant now = clock.Monotonic();
    EXPECT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, CivilTimeIsTheTimeOfTheSystem) {
  const Time before =
      std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const Time now = SystemClock::Get().Now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(FakeClock, StandsStillUntilItIsMoved) {
  FakeClock clock;
  const Instant start = clock.Monotonic();
  EXPECT_EQ(FormatTime(clock.Now()), "2026-01-27T01:08:12.345Z");
  clock.Advance(std::chrono::hours(24));
  EXPECT_EQ(FormatTime(clock.Now()), "2026-01-28T01:08:12.345Z");
  EXPECT_EQ(clock.Monotonic() - start, std::chrono::hours(24));
}

}  // namespace
}  // namespace moorage::base
