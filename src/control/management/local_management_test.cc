#include "control/management/local_management.h"

#include <gtest/gtest.h>

#include <chrono>

#include "control/testing/registry_fixture.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class LocalManagementTest : public control::RegistryFixture {
 protected:
  std::string Production() {
    const Json model = Body(Call("GET", "/api/v1/models/cancer"));
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
      Call("POST", "/api/v1/models/cancer/aliases/production/rollback", {}, {{"reason", "alarm"}}));
  EXPECT_EQ(back["verb"], "rollback");
  EXPECT_EQ(back["from"], "1.1.0");
  EXPECT_EQ(back["to"], "1.0.0");
  EXPECT_EQ(back["changed"], true);
  EXPECT_EQ(Production(), "1.0.0");
  const auto nothing = Call("POST", "/api/v1/models/cancer/aliases/production/rollback");
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().code, Code::kConflict);

  const Json moves = Body(Call("GET", "/api/v1/models/cancer/history"))["moves"];
  ASSERT_EQ(moves.size(), 3U);
  EXPECT_EQ(moves[0]["reason"], "alarm");
  EXPECT_EQ(moves[1]["to"], "1.1.0");
  EXPECT_EQ(moves[2]["from"], nullptr);
  EXPECT_EQ(moves[2]["actor"], "ada");
  const Json then = Body(
      Call("GET", "/api/v1/models/cancer/history", {{"at", moves[1]["at"].get<std::string>()}}));
  EXPECT_EQ(then["version"], "1.1.0");
}

TEST_F(LocalManagementTest, DeletedVersionsLeaveGarbageThatCollectionRemoves) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json deleted =
      Body(Call("DELETE", "/api/v1/models/cancer/versions/1.0.0", {{"reason", "wrong data"}}));
  EXPECT_EQ(deleted["deleted"], true);
  EXPECT_FALSE(Call("GET", "/api/v1/models/cancer/versions/1.0.0").ok());
  clock_.Advance(std::chrono::hours(24 * 365 * 20));  // later than the files' own times
  const Json report = Body(Call("POST", "/api/v1/gc", {}, {{"dry_run", true}}));
  EXPECT_EQ(report["dry_run"], true);
  EXPECT_EQ(report["count"], 4) << "three files and their index";
  const Json removed = Body(Call("POST", "/api/v1/gc", {}, {{"grace", "1h"}}));
  EXPECT_EQ(removed["count"], 4);
  EXPECT_EQ(Body(Call("POST", "/api/v1/gc"))["count"], 0);
}

TEST_F(LocalManagementTest, DoctorFindsADamagedFile) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  EXPECT_EQ(Body(Call("GET", "/api/v1/doctor"))["healthy"], true);
  const Json version = Body(Call("GET", "/api/v1/models/cancer/versions/1.0.0"));
  for (const Json& file : version["files"]) {
    if (file["name"] != "model.onnx") continue;
    const std::string path = blobs_->PathOf(model::Digest(file["digest"].get<std::string>()));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::ofstream(path, std::ios::binary) << "rot";
  }
  const Json sick = Body(Call("GET", "/api/v1/doctor"));
  EXPECT_EQ(sick["healthy"], false);
  EXPECT_FALSE(sick["problems"].empty());
  EXPECT_EQ(Call("POST", "/api/v2/models/cancer@1.0.0/predict", {}, Rows("[[1]]")).error().code,
            Code::kCorrupt);
}

TEST_F(LocalManagementTest, ListsModelsAndSaysWhatIsMissing) {
  EXPECT_TRUE(Body(Call("GET", "/api/v1/models"))["models"].empty());
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  const Json models = Body(Call("GET", "/api/v1/models"))["models"];
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0]["name"], "cancer");
  EXPECT_EQ(models[0]["aliases"][0]["version"], "1.0.0");
  EXPECT_EQ(models[1]["latest"], "1.0.0");
  EXPECT_TRUE(models[1]["aliases"].empty());
  for (const char* path : {"/api/v1/models/lung", "/api/v1/models/cancer/versions/9.9.9",
                           "/api/v1/models/cancer/versions/canary"}) {
    const auto reply = Call("GET", path);
    ASSERT_FALSE(reply.ok()) << path;
    EXPECT_EQ(reply.error().code, Code::kNotFound) << path;
  }
}

TEST_F(LocalManagementTest, NamesWhatItDoesNotKnow) {
  const auto problem = [](const base::Result<model::ApiReply>& reply) {
    EXPECT_FALSE(reply.ok());
    if (reply.ok()) return std::string();
    EXPECT_EQ(reply.error().code, Code::kInvalid);
    return reply.error().message;
  };
  EXPECT_EQ(problem(Call("GET", "/api/v1/models", {{"nam", "x"}})),
            "query 'nam': unknown; this call takes none");
  EXPECT_EQ(problem(Call("GET", "/api/v1/models", {}, Json::object())),
            "body: this call takes none");
  EXPECT_EQ(problem(Call("GET", "/api/v1/diff", {{"from", "a"}})), "query 'to': missing");
  EXPECT_EQ(
      problem(Call("DELETE", "/api/v1/models/m/versions/production")).find("version 'production'"),
      0U);
  EXPECT_NE(problem(Push("a b", {{"model", "", "x"}})).find("a b"), std::string::npos);
}

TEST_F(LocalManagementTest, TheHistoryOfAModelOutlivesItsVersions) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(Call("DELETE", "/api/v1/models/cancer/versions/1.1.0").ok());
  EXPECT_EQ(Body(Call("GET", "/api/v1/models/cancer/history"))["moves"].size(), 1U);
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  ASSERT_TRUE(Call("DELETE", "/api/v1/models/wine/versions/1.0.0").ok());
  EXPECT_TRUE(Body(Call("GET", "/api/v1/models/wine/history"))["moves"].empty());
  EXPECT_EQ(Call("GET", "/api/v1/models/lung/history").error().code, Code::kNotFound);
}

TEST_F(LocalManagementTest, AnswersEveryOperationOfTheTable) {
  for (const ManagementOperation& operation : Management::Operations()) {
    std::string path(operation.path);
    for (const char* open : {"{name}", "{selector}", "{version}", "{alias}", "{ref}"}) {
      const std::size_t at = path.find(open);
      if (at != std::string::npos) path.replace(at, std::string(open).size(), "x");
    }
    const auto reply = Call(std::string(operation.method), path);
    if (reply.ok()) continue;
    EXPECT_EQ(reply.error().message.find("no such operation"), std::string::npos) << operation.name;
  }
  const std::string document = ReadText(MOORAGE_SOURCE_DIR "/docs/operations/api.md");
  for (const ManagementOperation& operation : Management::Operations()) {
    const std::string title =
        ": `" + std::string(operation.method) + " " + std::string(operation.path) + "`\n";
    EXPECT_NE(document.find(title), std::string::npos) << "docs/operations/api.md lacks" << title;
  }
  for (const char* path : {"/api/v1/model", "/api/v1/models/", "/api/v1/models/a/b", "", "/"}) {
    const auto reply = Call("GET", path);
    ASSERT_FALSE(reply.ok()) << path;
    EXPECT_EQ(reply.error().code, Code::kNotFound) << path;
  }
}

}  // namespace
}  // namespace moorage::management
