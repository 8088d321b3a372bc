#include "control/management/operation_validate.h"

#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class ValidateOperation : public ManagementFixture {
 protected:
  static std::vector<model::ApiPart> TestData() {
    return {{"data", "test.csv", Example("cancer/test.csv")}};
  }
};

TEST_F(ValidateOperation, ASecondVersionIsComparedWithTheOneInProduction) {
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

TEST_F(ValidateOperation, ValidationMeasuresWhatTheTrainerMeasured) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json report = Body(Validate("cancer", "1.0.0", TestData(), {{"target", "target"}}));
  const Json version = Body(ShowVersion("cancer", "1.0.0"));
  for (const auto& [name, value] : version["manifest"]["metrics"].items()) {
    // The trainer has probabilities in FP64, and the graph in FP32.
    EXPECT_NEAR(report["metrics"][name].get<double>(), value.get<double>(), 1e-7) << name;
  }
  ASSERT_EQ(version["evidence"].size(), 1U);
  EXPECT_EQ(version["evidence"][0]["outcome"], "PASS");
  EXPECT_EQ(version["evidence"][0]["artifact"], version["artifact"]);
  EXPECT_EQ(version["evidence"][0]["rows"], 143);
  EXPECT_EQ(version["evidence"][0]["report"]["metrics"], report["metrics"]);
  EXPECT_EQ(report["evidence"], version["evidence"][0]["id"]);
}

TEST_F(ValidateOperation, APolicyMayBeYamlOrJsonAndAFailIsAResult) {
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
  const Json model = Body(ShowModel("cancer"));
  EXPECT_EQ(model["versions"][0]["validation"]["outcome"], "FAIL");
  const auto refused = Promote("cancer", "production", {{"version", "1.0.0"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kDenied);
}

TEST_F(ValidateOperation, BrokenPoliciesAndDataStoreNoEvidence) {
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
  EXPECT_EQ(problem("metrics: {acuracy: {min: 1}}", good, "target"),
            "validate cancer@1.0.0: policy: metrics.acuracy: there is no metric 'acuracy'; did you "
            "mean 'accuracy'?");
  EXPECT_TRUE(problem("metrics: {r2: {min: 0.5}}", good, "target")
                  .starts_with("validate cancer@1.0.0: policy: metrics.r2: is a metric of "
                               "regression; the model's task is classification"));
  EXPECT_NE(problem("", good, "goal").find("goal"), std::string::npos);
  EXPECT_NE(problem("", "a,b\n1,2\n", "b").find("mean radius"), std::string::npos);
  EXPECT_NE(problem("", "", "target").find("validate cancer@1.0.0: "), std::string::npos);
  EXPECT_TRUE(Body(ShowVersion("cancer", "1.0.0"))["evidence"].empty());
}

TEST_F(ValidateOperation, AModelWithoutATaskIsToldSoAndNoPolicyIsBlamed) {
  ASSERT_TRUE(Push("identity_fp32", {{"model", "", TestModel("identity_fp32.onnx")},
                                     {"metadata", "", TestModel("identity_fp32.onnx.metadata")}})
                  .ok());
  const auto reply = Validate("identity_fp32", "1.0.0",
                              {{"data", "", "f0,f1,f2,target\n1,2,3,4\n"}}, {{"target", "target"}});
  ASSERT_FALSE(reply.ok());
  EXPECT_TRUE(reply.error().message.starts_with(
      "validate identity_fp32@1.0.0: the model's task is 'other', so it gives no prediction"))
      << reply.error().message;
}

TEST_F(ValidateOperation, TheEvidenceNamesTheProgramThatJudgedAndTheRuntimeThatRanTheModel) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json report = Body(Validate("cancer", "1.0.0", TestData(), {{"target", "target"}}));
  const auto engine = report["engine"].get<std::string>();
  EXPECT_TRUE(engine.starts_with("moorage 0.1.0, onnxruntime 1.")) << engine;
  const Json version = Body(ShowVersion("cancer", "1.0.0"));
  EXPECT_EQ(version["evidence"][0]["engine"], engine);
  EXPECT_EQ(version["checks"]["engine"], engine) << "of the push";
}

// The cancer model is in production under the name of the wine model, whose data it cannot read.
class OtherFeatures : public ValidateOperation {
 protected:
  void SetUp() override {
    ValidateOperation::SetUp();
    ASSERT_TRUE(Push("wine", {{"model", "", Example("cancer/model.onnx")}}).ok());
    ASSERT_TRUE(
        Promote("wine", "production", {{"version", "1.0.0"}, {"force", true}, {"reason", "test"}})
            .ok());
    ASSERT_TRUE(Push("wine", ExampleParts("wine"), {{"version", "2.0.0"}}).ok());
  }
  Reply Judge(const std::string& policy, Query query = {}) {
    query["target"] = "target";
    return Validate("wine", "2.0.0",
                    {{"data", "", Example("wine/test.csv")}, {"policy", "", policy}}, query);
  }
};

TEST_F(OtherFeatures, AProductionVersionThatCannotReadTheDataIsToldAndNotComparedWith) {
  const Json report = Body(Judge("metrics: {accuracy: {min: 0.5}}"));
  EXPECT_EQ(report["baseline"], nullptr);
  const auto sentence = report["not_compared"].get<std::string>();
  EXPECT_TRUE(sentence.starts_with(
      "wine@1.0.0, which is in production, cannot be measured on this data (CSV: column 'f0' is "
      "missing"))
      << sentence;
  EXPECT_EQ(report["outcome"], "PASS") << "the policy asks for no comparison";
  const Json version = Body(ShowVersion("wine", "2.0.0"));
  EXPECT_EQ(version["evidence"][0]["baseline"], nullptr);
  EXPECT_EQ(version["evidence"][0]["report"]["not_compared"], sentence);
}

TEST_F(OtherFeatures, AComparisonThatWasAskedForAndNotMadeIsNoPass) {
  const char* const policy =
      "metrics: {accuracy: {min: 0.5}}\ncompare: {accuracy: {max_drop: 0.1}}";
  const Json report = Body(Judge(policy));
  EXPECT_EQ(report["outcome"], "INCONCLUSIVE");
  EXPECT_EQ(report["exit_code"], 2);
  const Json& gate = report["gates"].back();
  EXPECT_EQ(gate["name"], "baseline_comparison");
  EXPECT_EQ(gate["outcome"], "INCONCLUSIVE");
  EXPECT_TRUE(gate["message"].get<std::string>().starts_with("not made: wine@1.0.0, "));
  EXPECT_EQ(Promote("wine", "production", {{"version", "2.0.0"}}).error().code, Code::kDenied);

  const Json meant = Body(Judge(policy, {{"baseline", "none"}}));
  EXPECT_EQ(meant["outcome"], "PASS");
  EXPECT_EQ(meant["not_compared"], nullptr);
}

TEST_F(OtherFeatures, ABaselineThatWasAskedForByNameAndCannotReadTheDataIsAnError) {
  const auto named = Judge("metrics: {accuracy: {min: 0.5}}", {{"baseline", "v1.0.0"}});
  ASSERT_FALSE(named.ok());
  EXPECT_EQ(named.error().code, Code::kInvalid);
  EXPECT_TRUE(named.error().message.starts_with("validate wine@2.0.0: baseline wine@1.0.0: CSV: "))
      << named.error().message;
}

TEST_F(ValidateOperation, WhoMeansAnAliasOfThisModelIsToldHowToWriteIt) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const auto reply =
      Validate("cancer", "1.0.0", TestData(), {{"target", "target"}, {"baseline", "staging"}});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kNotFound);
  EXPECT_TRUE(reply.error().message.ends_with("; an alias of cancer is written cancer@ALIAS"))
      << reply.error().message;
}

// A validation of model "m" with these files.
model::ApiCall PartsCall(const std::string& selector, std::vector<model::ApiPart> parts) {
  model::ApiCall call = CallOf(kValidate, {{"name", "m"}, {"selector", selector}});
  call.parts = std::move(parts);
  return call;
}

TEST(ReadValidate, AValidationKnowsItsDataTargetAndBaseline) {
  const auto read = [](std::map<std::string, std::string> query) {
    model::ApiCall call = PartsCall("1.0.0", {{"data", "", "csv"}, {"policy", "", "yaml"}});
    call.query = std::move(query);
    return ReadValidate(call);
  };
  const auto baseline = [&](const char* text) {
    const auto request = read({{"target", "t"}, {"baseline", text}});
    if (!request.ok()) return ProblemOf(request);
    const auto* ref = std::get_if<model::ModelRef>(&request->baseline);
    return ref != nullptr ? model::Format(*ref) : std::string("none");
  };
  model::ApiCall call = PartsCall("staging", {{"data", "", "csv"}, {"policy", "", "yaml"}});
  call.query = {{"target", "t"}, {"ignore", "id,,note,"}};
  const auto request = ReadValidate(call);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(model::Format(request->ref), "m@staging");
  EXPECT_EQ(request->data, "csv");
  EXPECT_EQ(request->policy, "yaml");
  EXPECT_EQ(request->target, "t");
  EXPECT_EQ(request->ignored, (std::vector<std::string>{"id", "note"}));
  for (const auto& [said, names] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {R"("last, first",id)", {"last, first", "id"}},
           {R"(id,"a ""b"", c")", {"id", R"(a "b", c)"}},
           {R"(5" disk,id)", {R"(5" disk)", "id"}},
           {R"("open)", {R"("open)"}},
           {R"("")", {}}}) {
    call.query["ignore"] = said;
    const auto with_names = ReadValidate(call);
    ASSERT_TRUE(with_names.ok());
    EXPECT_EQ(with_names->ignored, names) << said;
  }
  EXPECT_TRUE(std::holds_alternative<control::ProductionBaseline>(request->baseline));
  EXPECT_EQ(baseline("none"), "none");
  EXPECT_EQ(baseline("1.2.0"), "m@1.2.0") << "a bare version is one of this model";
  EXPECT_EQ(baseline("v1.2.0"), "m@1.2.0");
  EXPECT_EQ(baseline("other"), "other@production");
  EXPECT_EQ(baseline("m@staging"), "m@staging");
  EXPECT_TRUE(baseline("a b").starts_with("query 'baseline': "));
  EXPECT_EQ(ProblemOf(read({})), "query 'target': missing");
  model::ApiCall nothing = PartsCall("1.0.0", {});
  nothing.query = {{"target", "t"}};
  EXPECT_EQ(ProblemOf(ReadValidate(nothing)), "part 'data': missing");
}

}  // namespace
}  // namespace moorage::management
