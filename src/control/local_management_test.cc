#include "control/local_management.h"

#include <gtest/gtest.h>

#include <chrono>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;
using model::Json;

class LocalManagementTest : public RegistryFixture {
 protected:
  static std::vector<model::ApiPart> TestData() {
    return {{"data", "test.csv", Example("cancer/test.csv")}};
  }
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

TEST_F(LocalManagementTest, ASecondVersionIsComparedWithTheOneInProduction) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  const Json compared = Body(Validate("cancer", "1.1.0", TestData(), {{"target", "target"}}));
  EXPECT_EQ(compared["baseline"]["version"], "1.0.0");
  EXPECT_EQ(compared["exit_code"], 0);
  const Json alone =
      Body(Validate("cancer", "1.1.0", TestData(), {{"target", "target"}, {"baseline", "none"}}));
  EXPECT_EQ(alone["baseline"], nullptr);
  const Json itself = Body(Validate("cancer", "production", TestData(), {{"target", "target"}}));
  EXPECT_EQ(itself["version"], "1.0.0");
  EXPECT_EQ(itself["baseline"], nullptr) << "the version in production has no other to beat";
  const Json named =
      Body(Validate("cancer", "1.0.0", TestData(), {{"target", "target"}, {"baseline", "1.1.0"}}));
  EXPECT_EQ(named["baseline"]["version"], "1.1.0");
  const auto missing =
      Validate("cancer", "1.0.0", TestData(), {{"target", "target"}, {"baseline", "other"}});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::kNotFound);
}

TEST_F(LocalManagementTest, ValidationMeasuresWhatTheTrainerMeasured) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json report = Body(Validate("cancer", "1.0.0", TestData(), {{"target", "target"}}));
  const Json version = Body(Call("GET", "/api/v1/models/cancer/versions/1.0.0"));
  for (const auto& [name, value] : version["manifest"]["metrics"].items()) {
    EXPECT_NEAR(report["metrics"][name].get<double>(), value.get<double>(), 1e-9) << name;
  }
  ASSERT_EQ(version["evidence"].size(), 1U);
  EXPECT_EQ(version["evidence"][0]["outcome"], "PASS");
  EXPECT_EQ(version["evidence"][0]["artifact"], version["artifact"]);
  EXPECT_EQ(version["evidence"][0]["rows"], 143);
  EXPECT_EQ(version["evidence"][0]["report"]["metrics"], report["metrics"]);
  EXPECT_EQ(report["evidence"], version["evidence"][0]["id"]);
}

TEST_F(LocalManagementTest, APolicyMayBeYamlOrJsonAndAFailIsAResult) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  for (const char* policy :
       {"metrics:\n  accuracy: {min: 0.999}\n", R"({"metrics": {"accuracy": {"min": 0.999}}})"}) {
    auto parts = TestData();
    parts.push_back({"policy", "policy.yaml", policy});
    const auto reply = Validate("cancer", "1.0.0", parts, {{"target", "target"}});
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    EXPECT_EQ(reply->body["outcome"], "FAIL");
    EXPECT_EQ(reply->body["exit_code"], 1);
  }
  const Json model = Body(Call("GET", "/api/v1/models/cancer"));
  EXPECT_EQ(model["versions"][0]["validation"]["outcome"], "FAIL");
  const auto refused = Promote("cancer", "production", {{"version", "1.0.0"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kDenied);
}

TEST_F(LocalManagementTest, BrokenPoliciesAndDataStoreNoEvidence) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const auto problem = [this](const char* policy, const std::string& data, const char* target) {
    std::vector<model::ApiPart> parts = {{"data", "", data}};
    if (*policy != '\0') parts.push_back({"policy", "p.yaml", policy});
    const auto reply = Validate("cancer", "1.0.0", parts, {{"target", target}});
    EXPECT_FALSE(reply.ok());
    return reply.ok() ? std::string() : reply.error().message;
  };
  const std::string good = Example("cancer/test.csv");
  EXPECT_TRUE(
      problem("metrics: [", good, "target").starts_with("validate cancer@1.0.0: policy:1:"));
  EXPECT_NE(problem("metrics: {acuracy: {min: 1}}", good, "target").find("accuracy"),
            std::string::npos);
  EXPECT_NE(problem("metrics: {r2: {min: 0.5}}", good, "target").find("r2"), std::string::npos);
  EXPECT_NE(problem("", good, "goal").find("goal"), std::string::npos);
  EXPECT_NE(problem("", "a,b\n1,2\n", "b").find("mean radius"), std::string::npos);
  EXPECT_NE(problem("", "", "target").find("validate cancer@1.0.0: "), std::string::npos);
  EXPECT_TRUE(Body(Call("GET", "/api/v1/models/cancer/versions/1.0.0"))["evidence"].empty());
}

TEST_F(LocalManagementTest, PromoteWithoutAPassIsDeniedUnlessForcedWithAReason) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
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
  EXPECT_NE(model::ToText(event["details"]).find("outage"), std::string::npos);
  EXPECT_EQ(event["actor"], "ada");
}

TEST_F(LocalManagementTest, PromoteTakesAnAliasAndComparesWithWhatIsExpected) {
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

TEST_F(LocalManagementTest, DiffSaysWhatChangesForCallers) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  const Json patch =
      Body(Call("GET", "/api/v1/diff", {{"from", "cancer@1.0.0"}, {"to", "cancer@1.1.0"}}));
  EXPECT_EQ(patch["least_bump"], "patch");
  EXPECT_EQ(patch["same_artifact"], false);
  EXPECT_TRUE(patch["changes"].empty());
  bool log_loss = false;
  for (const Json& metric : patch["metrics"]) {
    if (metric["metric"] == "log_loss") log_loss = metric["from"] < metric["to"];
  }
  EXPECT_TRUE(log_loss);
  const Json major =
      Body(Call("GET", "/api/v1/diff", {{"from", "cancer@1.0.0"}, {"to", "wine@1.0.0"}}));
  EXPECT_EQ(major["least_bump"], "major");
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
  EXPECT_EQ(problem(Call("GET", "/api/v1/audit", {{"limits", "1"}})),
            "query 'limits': unknown; known are: name, since, limit");
  EXPECT_EQ(problem(Call("GET", "/api/v1/audit", {{"limit", "0"}})),
            "query 'limit': must be from 1 to 10000");
  EXPECT_TRUE(problem(Call("GET", "/api/v1/audit", {{"since", "yesterday"}}))
                  .starts_with("query 'since': "));
  EXPECT_EQ(problem(Call("GET", "/api/v1/diff", {{"from", "a"}})), "query 'to': missing");
  EXPECT_EQ(problem(Call("GET", "/api/v1/models", {}, Json::object())),
            "body: this call takes none");
  EXPECT_EQ(
      problem(Push("m", {{"modl", "", "x"}})),
      "part 'modl': unknown; known are: model, metadata, options, reference, notes, external");
  EXPECT_EQ(problem(Push("m", {})), "part 'model': missing");
  EXPECT_EQ(problem(Push("m", {{"model", "", "x"}, {"model", "", "y"}})),
            "part 'model': there twice");
  EXPECT_EQ(problem(Push("m", {{"model", "", "x"}}, {{"bump", "huge"}})),
            "query 'bump': must be auto, major, minor or patch");
  EXPECT_EQ(problem(Push("m", {{"model", "", "x"}}, {{"bump", "auto"}, {"version", "1.0.0"}})),
            "query 'bump': cannot stand beside 'version'");
  EXPECT_TRUE(problem(Push("m", {{"model", "", "x"}}, {{"version", "1.0"}}))
                  .starts_with("query 'version': "));
  EXPECT_TRUE(problem(Push("a b", {{"model", "", "x"}})).find("a b") != std::string::npos);
  EXPECT_TRUE(problem(Promote("m", "production", {{"versoin", "1.0.0"}}))
                  .starts_with("versoin: unknown key"));
  EXPECT_EQ(problem(Promote("m", "production", {{"force", true}})), "version: missing");
  EXPECT_EQ(problem(Promote("m", "production", {{"version", "1.0.0"}, {"force", "yes"}})),
            "force: must be true or false");
  EXPECT_TRUE(problem(Promote("m", "1.0.0", {{"version", "1.0.0"}})).find("alias") !=
              std::string::npos);
  EXPECT_TRUE(problem(Call("POST", "/api/v1/gc", {}, {{"grace", "long"}})).starts_with("grace: "));
  EXPECT_EQ(problem(Validate("m", "1.0.0", {{"data", "", "x"}}, {})), "query 'target': missing");
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
}  // namespace moorage::control
