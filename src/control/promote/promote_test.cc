#include "control/promote/promote.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;
using registry::EvidenceRule;

class PromoteTest : public RegistryFixture {};

TEST_F(PromoteTest, AsksForAPassUnlessTheRuleIsWaived) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  EXPECT_EQ(PointAlias("production", "cancer@1.0.0", EvidenceRule::kRequired).error().code,
            Code::kDenied);
  const auto forced = PointAlias("production", "cancer@1.0.0", EvidenceRule::kWaived);
  ASSERT_TRUE(forced.ok()) << forced.error().message;
  EXPECT_TRUE(forced->move.forced);
}

TEST_F(PromoteTest, RefusesAForceWithoutAReasonBeforeItLooksForTheVersion) {
  const auto refused = Promote({.registry = *registry_})
                           .Run({.ref = Ref("cancer@9.9.9"),
                                 .alias = model::Alias("production"),
                                 .expected = std::nullopt,
                                 .rule = EvidenceRule::kWaived,
                                 .reason = " \n",
                                 .actor = "ada"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_EQ(refused.error().message,
            "promote cancer@9.9.9 to production: force needs a reason, which the audit log will "
            "show");
  EXPECT_EQ(refused.error().remedy, base::Remedy{base::RemedyKind::kGiveReason});
}

TEST_F(PromoteTest, FollowsAnAliasToItsVersion) {
  Release("cancer", "model.onnx", "1.0.0");
  const auto moved = PointAlias("staging", "cancer@production", EvidenceRule::kRequired);
  ASSERT_TRUE(moved.ok()) << moved.error().message;
  EXPECT_EQ(moved->move.to.text(), "1.0.0");
}

}  // namespace
}  // namespace moorage::control
