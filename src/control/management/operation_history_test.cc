#include "control/management/operation_history.h"

#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"
#include "control/management/testing/sample_records.h"
#include "foundation/base/units.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

model::ApiCall HistoryOf(std::map<std::string, std::string> query) {
  model::ApiCall call = CallOf(kHistory, {{"name", "m"}});
  call.query = std::move(query);
  return call;
}

TEST(ReadHistory, AHistoryIsOfAModelAnAliasOrAnInstant) {
  const auto question =
      ReadHistory(HistoryOf({{"alias", "staging"}, {"at", "2026-01-27T01:08:12.345Z"}}));
  ASSERT_TRUE(question.ok()) << question.error().message;
  EXPECT_EQ(question->name.value(), "m");
  EXPECT_EQ(question->alias->value(), "staging");
  EXPECT_EQ(base::FormatTime(*question->at), "2026-01-27T01:08:12.345Z");
  EXPECT_FALSE(ReadHistory(HistoryOf({}))->at.has_value());
  EXPECT_FALSE(ReadHistory(HistoryOf({{"alias", "1.0.0"}})).ok());
}

class HistoryOperation : public ManagementFixture {};

TEST_F(HistoryOperation, TheHistoryOfAModelOutlivesItsVersions) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(DeleteVersion("cancer", "1.1.0").ok());
  EXPECT_EQ(Body(Call(kHistory, {{"name", "cancer"}}))["moves"].size(), 1U);
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  ASSERT_TRUE(DeleteVersion("wine", "1.0.0").ok());
  EXPECT_TRUE(Body(Call(kHistory, {{"name", "wine"}}))["moves"].empty());
  EXPECT_EQ(Call(kHistory, {{"name", "lung"}}).error().code, Code::kNotFound);
}

TEST(HistoryDocument, ListsTheMoves) {
  EXPECT_EQ(
      HistoryDocument(kCancer, {AMove()}),
      JsonOf(("{\"name\": \"cancer\", \"moves\": [{" + std::string(kMoveMembers) + "}]}").c_str()));
}

}  // namespace
}  // namespace moorage::management
