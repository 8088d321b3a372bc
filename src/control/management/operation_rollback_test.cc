#include "control/management/operation_rollback.h"

#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

using json::Json;

class RollbackOperation : public ManagementFixture {};

TEST_F(RollbackOperation, PointsTheAliasBackAndAnswersTheMove) {
  Release("cancer", "model.onnx", "1.0.0");
  Release("cancer", "model-v2.onnx", "1.1.0");
  const Json move = Body(Call(kRollback, {{"name", "cancer"}, {"alias", "production"}}, {},
                              {{"expected", "1.1.0"}, {"reason", "alarm"}}));
  EXPECT_EQ(move["verb"], "rollback");
  EXPECT_EQ(move["to"], "1.0.0");
  EXPECT_EQ(move["reason"], "alarm");
  EXPECT_EQ(move["actor"], "ada");
}

TEST(ReadRollback, ARollbackGoesToTheVersionBeforeOnlyIfNoneIsNamed) {
  const auto read = [](Json body) {
    return ReadRollback(
        CallOf(kRollback, {{"name", "m"}, {"alias", "production"}}, std::move(body)));
  };
  EXPECT_EQ(read(nullptr)->to, std::nullopt);
  EXPECT_EQ(read({{"to", nullptr}, {"reason", "alarm"}})->to, std::nullopt);
  const auto named = read({{"to", "v1.0.0"}, {"expected", "2.0.0"}});
  ASSERT_TRUE(named.ok()) << named.error().message;
  EXPECT_EQ(named->to->text(), "1.0.0");
  EXPECT_EQ(named->expected->version->text(), "2.0.0");
  // A script whose variable was empty must not roll back to the version before.
  EXPECT_TRUE(
      ProblemOf(read({{"to", ""}})).starts_with("to: version '' is not a semantic version"));
  EXPECT_TRUE(ProblemOf(read({{"to", "staging"}})).starts_with("to: version 'staging'"));
}

}  // namespace
}  // namespace moorage::management
