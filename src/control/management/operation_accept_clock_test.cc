#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

class AcceptClockOperation : public ManagementFixture {};

TEST_F(AcceptClockOperation, LetsARegistryGoOnUnderAClockThatIsFarFromItsNewestEvent) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  clock_.Advance(-std::chrono::hours(24 * 365));
  const auto refused = DeleteVersion("cancer", "1.0.0");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::kUnavailable);
  EXPECT_EQ(Body(Call(kAcceptClock))["accepted"], true);
  EXPECT_TRUE(DeleteVersion("cancer", "1.0.0").ok());
}

}  // namespace
}  // namespace moorage::management
