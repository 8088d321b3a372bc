#include "control/management/operation_promote.h"

#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class PromoteOperation : public ManagementFixture {
 protected:
  void SetUp() override {
    ManagementFixture::SetUp();
    ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  }
};

TEST_F(PromoteOperation, PromoteWithoutAPassIsDeniedUnlessForcedWithAReason) {
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
  const Json event = Body(Call(kAudit, {}, {{"limit", "1"}}))["events"][0];
  EXPECT_EQ(event["verb"], "promote");
  EXPECT_EQ(event["subject"], "cancer@production");
  EXPECT_NE(json::ToText(event["details"]).find("outage"), std::string::npos);
  EXPECT_EQ(event["actor"], "ada");
}

TEST_F(PromoteOperation, PromoteTakesAnAliasAndComparesWithWhatIsExpected) {
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

TEST_F(PromoteOperation, WhatIsNotThereIsNotPromotedForcedOrNot) {
  for (const bool force : {false, true}) {
    const auto reply = Promote("cancer", "production",
                               {{"version", "9.9.9"}, {"force", force}, {"reason", "outage"}});
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code, Code::kNotFound);
  }
}

TEST(ReadPromote, APromotionSaysWhatTheAliasIsExpectedToPointTo) {
  const auto read = [](Json body) {
    return ReadPromote(CallOf(kPromote, {{"name", "m"}, {"alias", "production"}}, std::move(body)));
  };
  const auto plain = read({{"version", "v1.0.0"}});
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(model::Format(plain->ref), "m@1.0.0");
  EXPECT_EQ(plain->alias.value(), "production");
  EXPECT_EQ(plain->rule, registry::EvidenceRule::kRequired);
  EXPECT_FALSE(plain->expected.has_value()) << "absent: whatever it points to";
  EXPECT_EQ(plain->actor, "ada");
  const auto absent = read({{"version", "staging"}, {"expected", nullptr}});
  ASSERT_TRUE(absent->expected.has_value()) << "null: it must not exist";
  EXPECT_FALSE(absent->expected->version.has_value());
  const auto forced =
      read({{"version", "1.0.0"}, {"expected", "0.9.0"}, {"force", true}, {"reason", "outage"}});
  EXPECT_EQ(forced->expected->version->text(), "0.9.0");
  EXPECT_EQ(forced->rule, registry::EvidenceRule::kWaived);
  EXPECT_EQ(forced->reason, "outage");

  EXPECT_TRUE(ProblemOf(read({{"versoin", "1.0.0"}})).starts_with("versoin: unknown key"));
  EXPECT_EQ(ProblemOf(read({{"force", true}})), "version: missing");
  EXPECT_EQ(ProblemOf(read({{"version", "1.0.0"}, {"force", "yes"}})),
            "force: must be true or false");
  EXPECT_TRUE(ProblemOf(read({{"version", "1.0.0"}, {"expected", "one"}}))
                  .starts_with("expected: version"));
  const auto call = CallOf(kPromote, {{"name", "m"}, {"alias", "1.0.0"}}, {{"version", "1.0.0"}});
  EXPECT_NE(ProblemOf(ReadPromote(call)).find("alias"), std::string::npos);
}

}  // namespace
}  // namespace moorage::management
