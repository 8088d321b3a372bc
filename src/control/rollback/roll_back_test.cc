#include "control/rollback/roll_back.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;

class RollBackTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    for (const char* file : {"model.onnx", "model-v2.onnx"}) {
      ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer", file)).ok());
    }
    for (const char* ref : {"cancer@1.0.0", "cancer@1.1.0"}) {
      ASSERT_TRUE(PointAlias("production", ref, registry::EvidenceRule::kWaived).ok());
    }
  }
  base::Result<registry::Moved> Back(std::optional<registry::Expected> expected = std::nullopt) {
    return RollBack({.registry = *registry_})
        .Run({.name = model::ModelName("cancer"),
              .alias = model::Alias("production"),
              .to = std::nullopt,
              .actor = "bob",
              .reason = "alarm",
              .expected = std::move(expected)});
  }
};

TEST_F(RollBackTest, GoesToTheVersionBeforeAndKeepsActorAndReason) {
  const auto moved = Back();
  ASSERT_TRUE(moved.ok()) << moved.error().message;
  EXPECT_EQ(moved->move.from->text(), "1.1.0");
  EXPECT_EQ(moved->move.to.text(), "1.0.0");
  EXPECT_EQ(moved->move.actor, "bob");
  EXPECT_EQ(moved->move.reason, "alarm");
  EXPECT_EQ(Back().error().code, Code::kConflict) << "there is no version before";
}

TEST_F(RollBackTest, IsRefusedIfTheAliasPointsElsewhereThanExpected) {
  EXPECT_EQ(Back(registry::Expected{*model::SemVer::Parse("1.0.0")}).error().code, Code::kConflict);
  EXPECT_TRUE(Back(registry::Expected{*model::SemVer::Parse("1.1.0")}).ok());
}

}  // namespace
}  // namespace moorage::control
