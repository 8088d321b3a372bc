#include "control/management/local_management.h"

#include <gtest/gtest.h>

#include <string>

#include "control/management/testing/management_fixture.h"
#include "foundation/model/path_template.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class LocalManagementTest : public ManagementFixture {
 protected:
  std::string Production() {
    const Json model = Body(ShowModel("cancer"));
    for (const Json& alias : model["aliases"]) {
      if (alias["alias"] == "production") return alias["version"].get<std::string>();
    }
    return "nothing";
  }
};

TEST_F(LocalManagementTest, AModelGoesFromPushToProductionAndBack) {
  Release("cancer", "model.onnx", "1.0.0");
  EXPECT_EQ(Production(), "1.0.0");
  Release("cancer", "model-v2.onnx", "1.1.0");
  EXPECT_EQ(Production(), "1.1.0");

  const Json back = Body(
      Call(kRollback, {{"name", "cancer"}, {"alias", "production"}}, {}, {{"reason", "alarm"}}));
  EXPECT_EQ(back["verb"], "rollback");
  EXPECT_EQ(back["from"], "1.1.0");
  EXPECT_EQ(back["to"], "1.0.0");
  EXPECT_EQ(back["changed"], true);
  EXPECT_EQ(Production(), "1.0.0");
  const auto nothing = Call(kRollback, {{"name", "cancer"}, {"alias", "production"}});
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().code, Code::kConflict);

  const Json moves = Body(Call(kHistory, {{"name", "cancer"}}))["moves"];
  ASSERT_EQ(moves.size(), 3U);
  EXPECT_EQ(moves[0]["reason"], "alarm");
  EXPECT_EQ(moves[1]["to"], "1.1.0");
  EXPECT_EQ(moves[2]["from"], nullptr);
  EXPECT_EQ(moves[2]["actor"], "ada");
  const Json then =
      Body(Call(kHistory, {{"name", "cancer"}}, {{"at", moves[1]["at"].get<std::string>()}}));
  EXPECT_EQ(then["version"], "1.1.0");
}

TEST_F(LocalManagementTest, NamesWhatItDoesNotKnow) {
  const auto problem = [](const base::Result<model::ApiReply>& reply) {
    EXPECT_FALSE(reply.ok());
    if (reply.ok()) return std::string();
    EXPECT_EQ(reply.error().code, Code::kInvalid);
    return reply.error().message;
  };
  EXPECT_EQ(problem(Call(kListModels, {}, {{"nam", "x"}})),
            "query 'nam': unknown; this call takes none");
  EXPECT_EQ(problem(Call(kListModels, {}, {}, Json::object())), "body: this call takes none");
  EXPECT_EQ(problem(Call(kDiff, {}, {{"from", "a"}})), "query 'to': missing");
  EXPECT_EQ(problem(DeleteVersion("m", "production")).find("version 'production'"), 0U);
  EXPECT_NE(problem(Push("a b", {{"model", "", "x"}})).find("a b"), std::string::npos);
}

TEST_F(LocalManagementTest, AnswersEveryOperationOfTheTable) {
  for (const ManagementOperation* operation : Operations()) {
    Parameters parameters;
    for (const std::string_view name : model::ParameterNames(operation->row.path)) {
      parameters[std::string(name)] = "x";
    }
    const auto reply = Call(*operation, parameters);
    if (reply.ok()) continue;
    EXPECT_EQ(reply.error().message.find("no such operation"), std::string::npos)
        << operation->row.name;
  }
  const std::string document = ReadText(MOORAGE_SOURCE_DIR "/docs/operations/api.md");
  for (const ManagementOperation* operation : Operations()) {
    const std::string title = ": `" + std::string(model::Name(operation->row.verb)) + " " +
                              std::string(operation->row.path) + "`\n";
    EXPECT_NE(document.find(title), std::string::npos) << "docs/operations/api.md lacks" << title;
  }
}

TEST_F(LocalManagementTest, AnOperationThatIsNotInTheTableIsNotFound) {
  const ManagementOperation other{
      .row = {.name = "other", .path = "/api/v1/other/{name}", .summary = "Other"},
      .answer = nullptr};
  const auto reply = Call(other, {{"name", "a"}});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kNotFound);
  EXPECT_EQ(reply.error().message, "GET /api/v1/other/a: there is no such operation");
  EXPECT_EQ(management_->Handle({}).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace moorage::management
