#include "edge/http1/date_line.h"

#include <gtest/gtest.h>

#include "foundation/base/testing/fake_clock.h"

namespace moorage::http1 {
namespace {

TEST(DateLine, ChangesWithTheSecondAndNotBefore) {
  base::FakeClock clock;  // 01:08:12.345
  DateLine line(clock);
  EXPECT_EQ(line.At(clock.Monotonic()), "Date: Tue, 27 Jan 2026 01:08:12 GMT\r\n");
  clock.Advance(std::chrono::milliseconds(654));
  EXPECT_EQ(line.At(clock.Monotonic()), "Date: Tue, 27 Jan 2026 01:08:12 GMT\r\n");
  clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(line.At(clock.Monotonic()), "Date: Tue, 27 Jan 2026 01:08:13 GMT\r\n");
  clock.Advance(std::chrono::hours(24 * 40));
  EXPECT_EQ(line.At(clock.Monotonic()), "Date: Sun, 08 Mar 2026 01:08:13 GMT\r\n");
}

}  // namespace
}  // namespace moorage::http1
