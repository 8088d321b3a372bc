#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

class DeleteVersionOperation : public ManagementFixture {};

TEST_F(DeleteVersionOperation, AnswersWhatWasDeletedAndKeepsTheReason) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  EXPECT_EQ(Body(DeleteVersion("cancer", "v1.0.0", {{"reason", "wrong data"}})),
            json::Json::parse(R"({"name": "cancer", "version": "1.0.0", "deleted": true})"));
  const json::Json event = Body(Call(kAudit, {}, {{"limit", "1"}}))["events"][0];
  EXPECT_EQ(event["actor"], "ada");
  EXPECT_NE(json::ToText(event["details"]).find("wrong data"), std::string::npos);
}

TEST_F(DeleteVersionOperation, TakesAVersionAndNoAlias) {
  EXPECT_TRUE(ProblemOf(DeleteVersion("m", "production")).starts_with("version 'production'"));
}

}  // namespace
}  // namespace moorage::management
