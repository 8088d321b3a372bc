#include "control/management/operation_alias_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;
using testing::HasSubstr;

class AliasRuleOperation : public ManagementFixture {
 protected:
  Reply Set(Json body, const std::string& alias = "production") {
    return Call(kSetAliasRule, {{"name", "cancer"}, {"alias", alias}}, {}, std::move(body));
  }
  Json Shown(const std::string& alias = "production") {
    return Body(Call(kShowAliasRule, {{"name", "cancer"}, {"alias", alias}}));
  }
  Json Validated(const std::string& version, const char* policy = nullptr) {
    std::vector<model::ApiPart> parts = {{"data", "test.csv", Example("cancer/test.csv")}};
    if (policy != nullptr) parts.push_back({"policy", "", policy});
    return Body(Validate("cancer", version, std::move(parts), {{"target", "target"}}));
  }
};

TEST_F(AliasRuleOperation, TheStandardRuleOfProductionIsStrictAndOthersAskForNothing) {
  EXPECT_FALSE(Call(kShowAliasRule, {{"name", "cancer"}, {"alias", "production"}}).ok());
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json rule = Shown();
  EXPECT_EQ(rule["revision"], 0);
  EXPECT_EQ(rule["proof"], "pass");
  EXPECT_EQ(rule["policies"].size(), 2U);
  EXPECT_EQ(rule["policy"], nullptr);
  EXPECT_EQ(rule["fewest_rows"], 30);
  EXPECT_EQ(rule["baseline"], "current");
  EXPECT_EQ(Shown("staging")["proof"], "none");
  EXPECT_TRUE(Promote("cancer", "staging", {{"version", "1.0.0"}}).ok());
  EXPECT_EQ(Promote("cancer", "production", {{"version", "1.0.0"}}).error().code, Code::kDenied);
}

TEST_F(AliasRuleOperation, APassUnderAPolicyOfOnesOwnIsToldNotToCount) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json own = Validated("1.0.0", "metrics: {accuracy: {min: 0.01}}");
  EXPECT_EQ(own["outcome"], "PASS");
  EXPECT_EQ(own["rule"]["alias"], "production");
  EXPECT_EQ(own["rule"]["allowed"], false);
  const auto refused = Promote("cancer", "production", {{"version", "1.0.0"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("the default policy"));
  const Json standard = Validated("1.0.0");
  EXPECT_EQ(standard["policy"]["source"], "default");
  EXPECT_EQ(standard["rule"]["allowed"], true);
  EXPECT_TRUE(Promote("cancer", "production", {{"version", "1.0.0"}}).ok());
}

TEST_F(AliasRuleOperation, ThePolicyOfTheRuleJudgesWhereNoneIsGiven) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json set = Body(
      Set({{"policy", "metrics: {accuracy: {min: 0.9}}"}, {"fewest_rows", 100}, {"reason", "r"}}));
  EXPECT_EQ(set["revision"], 1);
  EXPECT_EQ(set["policy"]["metrics"]["accuracy"]["min"], 0.9);
  EXPECT_EQ(Shown(), set);
  const Json report = Validated("1.0.0");
  EXPECT_EQ(report["policy"]["source"], "rule");
  EXPECT_EQ(report["policy"]["digest"], set["policies"][0]);
  EXPECT_EQ(report["rule"]["allowed"], true);
  EXPECT_EQ(Body(Set({{"fewest_rows", 1000}}))["policy"], set["policy"]) << "the rest stays";
  EXPECT_THAT(Promote("cancer", "production", {{"version", "1.0.0"}}).error().message,
              HasSubstr("is on 143 rows, and the rule of cancer@production asks for 1000"));
  EXPECT_EQ(Body(Set({{"standard", true}}))["revision"], 0);
}

TEST_F(AliasRuleOperation, AVersionIsComparedWithWhatTheAliasServes) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  const Json alone = Body(Validate("cancer", "1.1.0", {{"data", "", Example("cancer/test.csv")}},
                                   {{"target", "target"}, {"baseline", "none"}}));
  EXPECT_EQ(alone["outcome"], "PASS");
  EXPECT_EQ(alone["rule"]["allowed"], false);
  EXPECT_THAT(Promote("cancer", "production", {{"version", "1.1.0"}}).error().message,
              HasSubstr("was not compared with cancer@1.0.0"));
  const Json compared = Validated("1.1.0");
  EXPECT_EQ(compared["rule"]["allowed"], true) << compared["gates"];
  EXPECT_TRUE(Promote("cancer", "production", {{"version", "1.1.0"}}).ok());
}

TEST_F(AliasRuleOperation, RefusesWhatItCannotRead) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  EXPECT_THAT(ProblemOf(Set(Json::object())), HasSubstr("nothing is said that changes it"));
  EXPECT_THAT(ProblemOf(Set({{"standard", true}, {"proof", "pass"}})), HasSubstr("stands alone"));
  EXPECT_THAT(ProblemOf(Set({{"policy", "metrics: {accuracy: {min: 0}}"}})),
              HasSubstr("asks for nothing"));
  EXPECT_THAT(ProblemOf(Set({{"proof", "some"}})), HasSubstr("must be none or pass"));
  EXPECT_THAT(ProblemOf(Set({{"baseline", "x"}})), HasSubstr("must be current or any"));
  EXPECT_THAT(ProblemOf(Set({{"fresh_for", "x"}})), HasSubstr("fresh_for"));
  EXPECT_THAT(ProblemOf(Set({{"fewest_rows", -1}})), HasSubstr("fewest_rows"));
  EXPECT_THAT(ProblemOf(Set({{"policy", 1}})), HasSubstr("must be a policy, or its text"));
}

}  // namespace
}  // namespace moorage::management
