#include "edge/probes/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge/inference/testing/protocol_rig.h"

namespace moorage::probes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ReadinessTest : public testing::Test {
 protected:
  inference::ProtocolRig rig_;
  Readiness readiness_{rig_.manager()};
};

TEST_F(ReadinessTest, WantsAModelBeforeAnyTraffic) {
  const std::string nothing = "no model is served: push one, validate it and promote it";
  EXPECT_THAT(readiness_.Obstacles(), ElementsAre(nothing));
  EXPECT_THAT(readiness_.Reasons(), ElementsAre(nothing));
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_THAT(readiness_.Obstacles(), IsEmpty());
  EXPECT_THAT(readiness_.Reasons(), IsEmpty());
}

TEST_F(ReadinessTest, TakesTrafficWithTheOldVersionAndReportsThatTheNewOneIsBad) {
  rig_.Serve("cancer", {"1.0.0"});
  rig_.source().FailFetch("2.0.0");
  rig_.Serve("cancer", {"1.0.0", "2.0.0"});
  EXPECT_THAT(readiness_.Obstacles(), IsEmpty());
  EXPECT_THAT(readiness_.Reasons(), ElementsAre(HasSubstr("cancer@2.0.0 cannot be loaded")));
}

TEST_F(ReadinessTest, ReportsWhyNothingIsServed) {
  rig_.source().FailFetch("1.0.0");
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_THAT(readiness_.Obstacles(), ElementsAre(HasSubstr("cancer@1.0.0 cannot be loaded"),
                                                  HasSubstr("no model is served")));
}

TEST_F(ReadinessTest, TakesNoTrafficWhenTheRegistryWasReplaced) {
  rig_.Serve("cancer", {"1.0.0"});
  // A registry that is busy for a moment takes no replica out of the load balancer.
  rig_.source().Fail(base::Error{base::Code::kUnavailable, "busy"});
  rig_.manager().ReconcileOnce();
  EXPECT_THAT(readiness_.Obstacles(), IsEmpty());
  EXPECT_THAT(readiness_.Reasons(), ElementsAre(HasSubstr("busy")));
  rig_.source().Fail(base::Error{.code = base::Code::kUnavailable,
                                 .message = "the file was removed",
                                 .reason = base::kReplacedReason});
  rig_.manager().ReconcileOnce();
  EXPECT_THAT(readiness_.Obstacles(), ElementsAre(HasSubstr("the file was removed")));
  EXPECT_THAT(readiness_.Reasons(), ElementsAre(HasSubstr("the file was removed")));
  rig_.source().Fail(std::nullopt);
  rig_.manager().ReconcileOnce();
  EXPECT_THAT(readiness_.Obstacles(), IsEmpty());
}

TEST_F(ReadinessTest, HasOneReasonWhileItDrains) {
  rig_.Serve("cancer", {"1.0.0"});
  EXPECT_FALSE(readiness_.draining());
  readiness_.StartDraining();
  EXPECT_TRUE(readiness_.draining());
  EXPECT_THAT(readiness_.Obstacles(), ElementsAre("the server is shutting down"));
  EXPECT_THAT(readiness_.Reasons(), ElementsAre("the server is shutting down"));
}

}  // namespace
}  // namespace moorage::probes
