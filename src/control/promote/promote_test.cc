#include "control/promote/promote.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;
using json::Json;

class PromoteTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  }
};

TEST_F(PromoteTest, PromoteWithoutAPassIsDeniedUnlessForcedWithAReason) {
  const auto denied = Promote("cancer", "production", {{"version", "1.0.0"}});
  ASSERT_FALSE(denied.ok());
  EXPECT_EQ(denied.error().code, Code::kDenied);
  EXPECT_NE(denied.error().message.find("validate"), std::string::npos) << denied.error().message;

  const auto wordless =
      Promote("cancer", "production", {{"version", "1.0.0"}, {"force", true}, {"reason", " \n"}});
  ASSERT_FALSE(wordless.ok());
  EXPECT_EQ(wordless.error().code, Code::kInvalid);
  EXPECT_EQ(wordless.error().details[0].path, "reason");

  const Json forced = Body(Promote("cancer", "production",
                                   {{"version", "1.0.0"}, {"force", true}, {"reason", "outage"}}));
  EXPECT_EQ(forced["forced"], true);
  EXPECT_EQ(forced["evidence"], nullptr);
  const Json event = Body(Call("GET", "/api/v1/audit", {{"limit", "1"}}))["events"][0];
  EXPECT_EQ(event["verb"], "promote");
  EXPECT_EQ(event["subject"], "cancer@production");
  EXPECT_NE(json::ToText(event["details"]).find("outage"), std::string::npos);
  EXPECT_EQ(event["actor"], "ada");
}

TEST_F(PromoteTest, PromoteTakesAnAliasAndComparesWithWhatIsExpected) {
  Release("cancer", "model.onnx", "1.0.0");
  const Json staged = Body(Promote("cancer", "staging", {{"version", "production"}}));
  EXPECT_EQ(staged["to"], "1.0.0");
  EXPECT_EQ(staged["from"], nullptr);
  const auto raced = Promote("cancer", "staging", {{"version", "1.0.0"}, {"expected", nullptr}});
  ASSERT_FALSE(raced.ok());
  EXPECT_EQ(raced.error().code, Code::kConflict);
  const Json same =
      Body(Promote("cancer", "staging", {{"version", "1.0.0"}, {"expected", "1.0.0"}}));
  EXPECT_EQ(same["changed"], false);
}

TEST_F(PromoteTest, WhatIsNotThereIsNotPromotedForcedOrNot) {
  for (const bool force : {false, true}) {
    const auto reply = Promote("cancer", "production",
                               {{"version", "9.9.9"}, {"force", force}, {"reason", "outage"}});
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code, Code::kNotFound);
  }
}

}  // namespace
}  // namespace moorage::control
