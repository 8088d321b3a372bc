#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;

class PredictOperation : public ManagementFixture {
 protected:
  Reply Predict(const std::string& ref, Json body) {
    return Call(kPredict, {{"ref", ref}}, {}, std::move(body));
  }
  static Json Reference(const std::string& name) {
    auto json = json::ParseJson(
        ReadText(MOORAGE_SOURCE_DIR "/tests/reference/predictions_" + name + ".json"));
    EXPECT_TRUE(json.ok());
    return *std::move(json);
  }
};

TEST_F(PredictOperation, AnswersTheReferenceRowsOfEveryClassifierAsScikitLearnDoes) {
  for (const char* name : {"cancer", "digits", "wine"}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(Push(name, ExampleParts(name)).ok());
    const Json reference = Reference(name);
    const Json answer =
        Body(Predict(std::string(name) + "@1.0.0", {{"instances", reference["features"]}}));
    EXPECT_EQ(answer["model"], name);
    EXPECT_EQ(answer["version"], "1.0.0");
    EXPECT_EQ(answer["request_id"].get<std::string>().size(), 32U);
    EXPECT_TRUE(answer["timestamp"].get<std::string>().ends_with("Z"));
    ASSERT_EQ(answer["predictions"].size(), reference["label"].size());
    for (std::size_t row = 0; row < reference["label"].size(); ++row) {
      const Json& prediction = answer["predictions"][row];
      EXPECT_EQ(prediction["result"], reference["label"][row]);
      double highest = 0;
      std::size_t column = 0;
      for (const auto& [label, probability] : prediction["probabilities"].items()) {
        const auto expected = reference["probabilities"][row][column++].get<double>();
        EXPECT_NEAR(probability.get<double>(), expected, 1e-5) << label;
        highest = std::max(highest, probability.get<double>());
      }
      EXPECT_DOUBLE_EQ(prediction["confidence"].get<double>(), highest);
    }
  }
}

TEST_F(PredictOperation, ARegressorAnswersANumberAndNoConfidence) {
  ASSERT_TRUE(Push("diabetes", ExampleParts("diabetes")).ok());
  const Json reference = Reference("diabetes");
  const Json answer = Body(Predict("diabetes@1.0.0", reference["features"]));
  for (std::size_t row = 0; row < reference["value"].size(); ++row) {
    const Json& prediction = answer["predictions"][row];
    const auto expected = reference["value"][row].get<double>();
    EXPECT_NEAR(prediction["result"].get<double>(), expected, 1e-3);
    EXPECT_EQ(prediction.size(), 1U);
  }
}

TEST_F(PredictOperation, TakesRowsByFeatureName) {
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  const Json reference = Reference("wine");
  const Json version = Body(ShowVersion("wine", "1.0.0"));
  Json row = Json::object();
  for (std::size_t i = 0; i < version["manifest"]["features"].size(); ++i) {
    row[version["manifest"]["features"][i].get<std::string>()] = reference["features"][0][i];
  }
  const Json answer = Body(Predict("wine@1.0.0", Json::array({row})));
  EXPECT_EQ(answer["predictions"][0]["result"], reference["label"][0]);
}

TEST_F(PredictOperation, NamesEveryBadValueByItsPath) {
  ASSERT_TRUE(Push("diabetes", ExampleParts("diabetes")).ok());
  const auto refused = Predict("diabetes@1.0.0", Rows(R"({"instances": [
      [1, 2, 3, 4, 5, 6, 7, 8, 9, "x"], [1, 2], [null, 2, 3, 4, 5, 6, 7, 8, 9, 10]]})"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  ASSERT_GE(refused.error().details.size(), 3U);
  EXPECT_EQ(refused.error().details[0].path, "instances[0][9]");
  EXPECT_EQ(refused.error().details[1].path, "instances[1]");
  EXPECT_EQ(refused.error().details[2].path, "instances[2][0]");
  for (const char* body : {"null", "[]", "{}", R"({"instances": 1})", R"({"rows": []})", "1"}) {
    const auto reply = Predict("diabetes@1.0.0", Rows(body));
    ASSERT_FALSE(reply.ok()) << body;
    EXPECT_EQ(reply.error().code, Code::kInvalid) << body;
  }
}

TEST_F(PredictOperation, AModelWithoutATaskAnswersItsOutputsByName) {
  ASSERT_TRUE(Push("m", {{"model", "", TestModel("identity_int64.onnx")}}).ok());
  const Json answer = Body(Predict("m@1.0.0", Rows("[[1, 2, 9007199254740993], [4, 5, -6]]")));
  ASSERT_EQ(answer["outputs"].size(), 2U);
  EXPECT_EQ(json::ToText(answer["outputs"][0].begin().value()), "[1,2,9007199254740993]");
  EXPECT_EQ(json::ToText(answer["outputs"][1].begin().value()), "[4,5,-6]");
}

TEST_F(PredictOperation, NanInTheAnswerIsTheModelsFault) {
  ASSERT_TRUE(Push("nan_output", {{"model", "", TestModel("nan_output.onnx")},
                                  {"metadata", "", TestModel("nan_output.onnx.metadata")}})
                  .ok());
  const auto reply = Predict("nan_output@1.0.0", Rows("[[-1]]"));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kInternal) << reply.error().message;
}

TEST_F(PredictOperation, FollowsAnAliasThatMoves) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  const Json row = Reference("cancer")["features"][0];
  const auto promote = [this](const char* version) {
    ASSERT_TRUE(
        Promote("cancer", "production", {{"version", version}, {"force", true}, {"reason", "t"}})
            .ok());
  };
  promote("1.0.0");
  const Json first = Body(Predict("cancer", Json::array({row})));
  promote("1.1.0");
  const Json second = Body(Predict("cancer", Json::array({row})));
  EXPECT_EQ(first["version"], "1.0.0");
  EXPECT_EQ(second["version"], "1.1.0");
  EXPECT_NE(first["predictions"], second["predictions"]);
}

}  // namespace
}  // namespace moorage::management
