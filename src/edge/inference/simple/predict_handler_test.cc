#include "edge/inference/simple/predict_handler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "edge/inference/testing/protocol_rig.h"
#include "foundation/json/json.h"

namespace moorage::inference {
namespace {

using Form = PredictHandler::Form;

model::Manifest WithLabels(std::vector<std::string> labels) {
  model::Manifest manifest = servable::FakeManifest();
  manifest.labels = std::move(labels);
  return manifest;
}

model::Manifest WithoutRoles() {
  model::Manifest manifest = servable::FakeManifest();
  manifest.task = model::Task::kOther;
  manifest.output_roles.clear();
  return manifest;
}

// The sum of two numbers, FP64.
model::Manifest SumManifest() {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "x", .type = model::DataType::kFp64, .shape = {-1, 2}}};
  manifest.signature.outputs = {{.name = "y", .type = model::DataType::kFp64, .shape = {-1, 1}}};
  manifest.task = model::Task::kRegression;
  manifest.features = {"a", "b"};
  manifest.output_roles = {{"y", model::OutputRole::kValue}};
  return manifest;
}

std::vector<model::Tensor> Sum(std::span<const model::TensorView> inputs) {
  const auto rows = static_cast<std::size_t>(inputs[0].shape[0]);
  model::Tensor sums{.type = model::DataType::kFp64,
                     .shape = {inputs[0].shape[0], 1},
                     .bytes = std::vector<std::byte>(rows * sizeof(double)),
                     .strings = {}};
  for (std::size_t row = 0; row < rows; ++row) {
    const double sum =
        model::NumberAt(inputs[0], row * 2) + model::NumberAt(inputs[0], row * 2 + 1);
    std::memcpy(sums.bytes.data() + row * sizeof(double), &sum, sizeof(sum));
  }
  return {std::move(sums)};
}

api::FakeExchange Post(std::string_view body) { return {api::Method::kPost, "/predict", body}; }

constexpr std::string_view kRow = R"({"features": [1, 0.5, 0.75]})";

TEST(PredictHandler, RefusesAQueryThatItWouldIgnore) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kPredict, rig.service());
  api::FakeExchange call(api::Method::kPost, "/predict?x=1", kRow);
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 400);
  EXPECT_NE(call.body().find("query 'x': unknown"), std::string::npos) << call.body();
}

TEST(PredictHandler, AnswersPredictWithPredictionProbabilityAndTimestamp) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kPredict, rig.service());
  api::FakeExchange call(api::Method::kPost, "/predict", kRow);
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.content_type(), "application/json");
  EXPECT_EQ(call.body(),
            R"({"prediction":1,"probability":[0.25,0.75],"timestamp":"2026-01-27T01:08:12.345Z"})");
  EXPECT_TRUE(call.released());
}

TEST(PredictHandler, AnswersV1WithResultAndConfidence) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV1, rig.service());
  api::FakeExchange call(api::Method::kPost, "/api/v1/predict",
                         R"({"features": {"c": 0, "b": 0, "a": 0.75}})");
  rig.Ask(handler, call);
  EXPECT_EQ(call.body(), R"({"result":0,"confidence":0.75})");
}

TEST(PredictHandler, AnswersV2ForEachRowInItsOrder) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0", "1.2.0"});
  PredictHandler handler(Form::kV2, rig.service());
  for (const char* body : {R"({"instances": [[1, 0.5, 0.75], {"a": 0, "b": 0, "c": 0}]})",
                           R"([[1, 0.5, 0.75], [0, 0, 0]])"}) {
    api::FakeExchange call(api::Method::kPost, "/api/v2/predict", body);
    rig.Ask(handler, call);
    EXPECT_EQ(call.body(),
              R"({"model":"cancer","version":"1.2.0","predictions":[)"
              R"({"result":1,"confidence":0.75,"probabilities":{"0":0.25,"1":0.75}},)"
              R"({"result":0,"confidence":1,"probabilities":{"0":1,"1":0}}],)"
              R"("request_id":"test-request","timestamp":"2026-01-27T01:08:12.345Z"})");
  }
}

TEST(PredictHandler, GivesEachOfSeveralRequestsOfATickItsOwnRows) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV1, rig.service());
  api::FakeExchange first = Post(R"({"features": [1, 0.5, 0.75]})");
  api::FakeExchange bad = Post(R"({"features": [1, 0.5]})");
  api::FakeExchange second = Post(R"({"features": [0, 0, 0]})");
  first.Give(handler);
  bad.Give(handler);
  second.Give(handler);
  rig.lane().EndTick();
  EXPECT_EQ(first.body(), R"({"result":1,"confidence":0.75})");
  EXPECT_EQ(bad.status(), 400);
  EXPECT_EQ(second.body(), R"({"result":0,"confidence":1})");
}

TEST(PredictHandler, KeepsStringLabelsStrings) {
  ProtocolRig rig(WithLabels({"benign", "malignant"}));
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler v1(Form::kV1, rig.service());
  api::FakeExchange one = Post(kRow);
  rig.Ask(v1, one);
  EXPECT_EQ(one.body(), R"({"result":"malignant","confidence":0.75})");
  PredictHandler v2(Form::kV2, rig.service());
  api::FakeExchange many = Post("[[0, 0, 0]]");
  rig.Ask(v2, many);
  EXPECT_EQ((*json::ParseJson(many.body()))["predictions"][0],
            (json::Json{{"result", "benign"},
                        {"confidence", 1},
                        {"probabilities", {{"benign", 1}, {"malignant", 0}}}}));
}

TEST(PredictHandler, AnswersARegressionWithANumberAndNoConfidence) {
  ProtocolRig rig(SumManifest(), Sum);
  rig.Serve("sum", {"1.0.0"});
  PredictHandler v1(Form::kV1, rig.service());
  api::FakeExchange one = Post(R"({"features": [0.1, 0.2]})");
  rig.Ask(v1, one);
  EXPECT_EQ(one.body(), R"({"result":0.30000000000000004})");
  PredictHandler predict(Form::kPredict, rig.service());
  api::FakeExchange plain = Post(R"({"features": [1, 2.5]})");
  rig.Ask(predict, plain);
  EXPECT_EQ(plain.body(), R"({"prediction":3.5,"timestamp":"2026-01-27T01:08:12.345Z"})");
  PredictHandler v2(Form::kV2, rig.service());
  api::FakeExchange many = Post("[[1, 2], [3, 4]]");
  rig.Ask(v2, many);
  EXPECT_EQ((*json::ParseJson(many.body()))["predictions"],
            json::Json::parse(R"([{"result": 3}, {"result": 7}])"));
}

TEST(PredictHandler, AnswersAModelWithoutRolesByItsNamedOutputsOnV2Only) {
  ProtocolRig rig(WithoutRoles());
  rig.Serve("tower", {"1.0.0"});
  PredictHandler v2(Form::kV2, rig.service());
  api::FakeExchange many = Post("[[1, 0.5, 0.75], [0, 0, 0]]");
  rig.Ask(v2, many);
  EXPECT_EQ(many.body(),
            R"({"model":"tower","version":"1.0.0","outputs":[)"
            R"({"label":1,"probabilities":[0.25,0.75]},{"label":0,"probabilities":[1,0]}],)"
            R"("request_id":"test-request","timestamp":"2026-01-27T01:08:12.345Z"})");
  for (const Form form : {Form::kPredict, Form::kV1}) {
    PredictHandler handler(form, rig.service());
    api::FakeExchange call = Post(kRow);
    rig.Ask(handler, call);
    EXPECT_EQ(call.status(), 501);
    EXPECT_NE(call.body().find("POST /api/v2/predict"), std::string::npos) << call.body();
  }
}

TEST(PredictHandler, NegotiatesTheVersionByHeader) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kByHeader, rig.service());
  api::FakeExchange none(api::Method::kPost, "/api/predict", kRow);
  rig.Ask(handler, none);
  EXPECT_EQ(none.body(), R"({"result":1,"confidence":0.75})");
  EXPECT_EQ(none.AnswerHeader("API-Version"), "v1");
  api::FakeExchange v1(api::Method::kPost, "/api/predict", kRow);
  rig.Ask(handler, v1.WithHeader("API-Version", "v1"));
  EXPECT_EQ(v1.body(), none.body());
  api::FakeExchange v2(api::Method::kPost, "/api/predict", "[[1, 0.5, 0.75]]");
  rig.Ask(handler, v2.WithHeader("api-version", "v2"));
  EXPECT_EQ(v2.status(), 200);
  EXPECT_EQ(v2.AnswerHeader("API-Version"), "v2");
  EXPECT_TRUE(v2.body().starts_with(R"({"model":"cancer")"));
}

TEST(PredictHandler, RefusesAnUnknownVersionOfTheApi) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kByHeader, rig.service());
  for (const char* version : {"v3", "", "2", "v1, v2"}) {
    api::FakeExchange call(api::Method::kPost, "/api/predict", kRow);
    rig.Ask(handler, call.WithHeader("API-Version", version));
    EXPECT_EQ(call.status(), 400) << version;
    EXPECT_EQ((*json::ParseJson(call.body()))["code"], "unsupported_api_version");
    EXPECT_EQ(call.AnswerHeader("API-Version"), "v1");
  }
}

TEST(PredictHandler, NamesTheModelInThePath) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0", "1.2.0"}).Serve("wine", {"2.0.0"});
  PredictHandler handler(Form::kV2, rig.service());
  const auto ask = [&](std::string_view ref) {
    api::FakeExchange call(api::Method::kPost, "/api/v2/models/x/predict", "[[0, 0, 0]]");
    rig.Ask(handler, call.WithParameter("ref", ref));
    const auto body = json::ParseJson(call.body());
    return call.status() == 200 ? (*body)["version"].get<std::string>()
                                : (*body)["code"].get<std::string>();
  };
  EXPECT_EQ(ask("cancer"), "1.2.0");
  EXPECT_EQ(ask("cancer@production"), "1.2.0");
  EXPECT_EQ(ask("cancer@1.0.0"), "1.0.0");
  EXPECT_EQ(ask("wine"), "2.0.0");
  EXPECT_EQ(ask("cancer@9.9.9"), "not_found");
  EXPECT_EQ(ask("cancer@staging"), "not_found");
  EXPECT_EQ(ask("beer"), "not_found");
}

TEST(PredictHandler, AnswersNotFoundWhileNothingIsServed) {
  ProtocolRig rig;
  PredictHandler handler(Form::kPredict, rig.service());
  api::FakeExchange call = Post(kRow);
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 404);
  EXPECT_EQ(call.body(), R"({"error":"no model is served yet; push one and promote it",)"
                         R"("code":"not_found","request_id":"test-request"})");
}

TEST(PredictHandler, NamesThePathsOfWhatIsWrong) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV2, rig.service());
  api::FakeExchange call = Post(R"({"instances": [[1, 2, 3], [1, "x", 3]]})");
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 400);
  EXPECT_EQ(call.body(), R"({"error":"instances[1][1]: a string where a number is expected",)"
                         R"("code":"invalid_argument","request_id":"test-request",)"
                         R"("details":[{"path":"instances[1][1]",)"
                         R"("problem":"a string where a number is expected"}]})");
  EXPECT_EQ(rig.lane().in_flight(), 0U);
}

TEST(PredictHandler, QuotesNoMoreThanTheBeginningOfALongName) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV1, rig.service());
  api::FakeExchange call = Post(R"({"features": {")" + std::string(100000, 'n') + R"(": 1}})");
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 400);
  EXPECT_LT(call.body().size(), 1000U);
}

TEST(PredictHandler, CallsAnAnswerThatIsNoPredictionAFaultOfTheModel) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV1, rig.service());
  api::FakeExchange call = Post(R"({"features": [9, 9, 9]})");  // "probabilities" of -8 and 9
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 500);
  EXPECT_EQ((*json::ParseJson(call.body()))["code"], "model_output_invalid");
  ProtocolRig sums(SumManifest(), Sum);
  sums.Serve("sum", {"1.0.0"});
  PredictHandler regression(Form::kV1, sums.service());
  api::FakeExchange infinite = Post(R"({"features": [1.7e308, 1.7e308]})");
  sums.Ask(regression, infinite);
  EXPECT_EQ(infinite.status(), 500);
  EXPECT_EQ((*json::ParseJson(infinite.body()))["code"], "model_output_invalid");
}

TEST(PredictHandler, CallsAnAnswerOfTooFewRowsAFaultOfTheModel) {
  const auto first_row_only = [](std::span<const model::TensorView> inputs) {
    std::vector<model::Tensor> sums = Sum(inputs);
    sums[0].shape = {1, 1};
    sums[0].bytes.resize(sizeof(double));
    return sums;
  };
  // The probe detects such a model. This one begins to misbehave after the probe.
  bool misbehaves = false;
  ProtocolRig rig(SumManifest(), [&](std::span<const model::TensorView> inputs) {
    return misbehaves ? first_row_only(inputs) : Sum(inputs);
  });
  rig.Serve("sum", {"1.0.0"});
  misbehaves = true;
  PredictHandler handler(Form::kV2, rig.service());
  api::FakeExchange call(api::Method::kPost, "/api/v2/predict", "[[1, 2], [3, 4]]");
  rig.Ask(handler, call);
  EXPECT_EQ(call.status(), 500);
  const json::Json answer = *json::ParseJson(call.body());
  EXPECT_EQ(answer["code"], "model_output_invalid");
  EXPECT_EQ(answer["error"], "predict sum: the model answered 2 rows with another number of rows");
}

TEST(PredictHandler, AnswersTooManyRequestsWhenTheLaneIsFull) {
  ProtocolRig rig(servable::FakeManifest(), {.max_concurrent_requests = 1});
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV1, rig.service());
  api::FakeExchange first = Post(kRow);
  api::FakeExchange second = Post(kRow);
  first.Give(handler);
  second.Give(handler);
  rig.lane().EndTick();
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(second.status(), 429);
  EXPECT_EQ(second.AnswerHeader("Retry-After"), "1");
  EXPECT_EQ((*json::ParseJson(second.body()))["code"], "resource_exhausted");
}

TEST(PredictHandler, RecordsWhichVersionAnsweredAndHowManyRows) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV2, rig.service());
  api::FakeExchange call = Post("[[0, 0, 0], [0, 0, 0]]");
  rig.Ask(handler, call);
  ASSERT_NE(call.facts().model, nullptr);
  EXPECT_EQ(call.facts().model->version, "1.0.0");
  EXPECT_EQ(call.facts().rows, 2U);
}

TEST(PredictHandler, UsesANewVersionAfterTheServiceIsRefreshed) {
  ProtocolRig rig;
  rig.Serve("cancer", {"1.0.0"});
  PredictHandler handler(Form::kV2, rig.service());
  api::FakeExchange before = Post("[[0, 0, 0]]");
  rig.Ask(handler, before);
  rig.Serve("cancer", {"1.0.0", "2.0.0"});
  api::FakeExchange after = Post("[[0, 0, 0]]");
  rig.Ask(handler, after);
  EXPECT_EQ((*json::ParseJson(before.body()))["version"], "1.0.0");
  EXPECT_EQ((*json::ParseJson(after.body()))["version"], "2.0.0");
}

}  // namespace
}  // namespace moorage::inference
