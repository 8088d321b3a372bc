#include "foundation/base/change_watch.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace moorage::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Reason = ChangeWatch::Reason;

TEST(WakeOnlyWatch, WaitsUntilTheLimit) {
  WakeOnlyWatch watch;
  EXPECT_EQ(watch.Wait(milliseconds(1)), Reason::kLimit);
}

TEST(WakeOnlyWatch, AWakeUpBeforeTheWaitIsNotLostAndCountsOnce) {
  WakeOnlyWatch watch;
  watch.Wake();
  watch.Wake();
  EXPECT_EQ(watch.Wait(hours(1)), Reason::kWoken);
  EXPECT_EQ(watch.Wait(milliseconds(1)), Reason::kLimit);
}

TEST(WakeOnlyWatch, AnotherThreadEndsTheWait) {
  WakeOnlyWatch watch;
  std::thread other([&watch] { watch.Wake(); });
  EXPECT_EQ(watch.Wait(hours(1)), Reason::kWoken);
  other.join();
}

}  // namespace
}  // namespace moorage::base
