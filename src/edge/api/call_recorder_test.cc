#include "edge/api/call_recorder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"
#include "foundation/telemetry/log/async_log.h"

namespace moorage::api {
namespace {

constexpr Operation kPredict{.name = "predict",
                             .method = Method::kPost,
                             .path = "/predict",
                             .is_inference = true,
                             .json_body = true};
constexpr Operation kModels{.name = "models", .method = Method::kGet, .path = "/api/v1/models"};
constexpr Operation kHealth{
    .name = "health", .method = Method::kGet, .path = "/health", .is_probe = true};
constexpr Operation kOperations[] = {kHealth, kModels, kPredict};

model::SharedLabel MakeLabel(std::uint32_t id, std::string_view version) {
  return model::MakeLabel(id, model::ModelName("cancer"), *model::SemVer::Parse(version));
}

class CallRecorderTest : public testing::Test {
 protected:
  CallRecorderTest()
      : file_(testing::TempDir() + "/call_recorder_" + std::to_string(::getpid()) + ".log"),
        endpoints_(EndpointNames(kOperations)),
        metrics_(endpoints_) {
    std::filesystem::remove(file_);
    log_ = std::make_unique<telemetry::AsyncLog>(
        telemetry::AsyncLogOptions{.file = file_,
                                   .console = telemetry::ConsoleForm::kNone,
                                   .payload = telemetry::PayloadPolicy::kFull},
        clock_);
    recorder_ = std::make_unique<CallRecorder>(
        CallRecorder::Deps{metrics_, metrics_.AddShard(), log_->AddShard(), clock_}, endpoints_,
        CallRecorder::Payloads::kKept);
  }
  ~CallRecorderTest() override { std::filesystem::remove(file_); }

  std::vector<json::Json> Lines() {
    log_->Flush();
    std::vector<json::Json> lines;
    std::ifstream file(file_);
    for (std::string line; std::getline(file, line);) {
      auto json = json::ParseJson(line);
      EXPECT_TRUE(json.ok()) << line;
      if (json.ok()) lines.push_back(*std::move(json));
    }
    return lines;
  }
  std::string Metrics() const {
    telemetry::Exposition exposition;
    metrics_.Collect(exposition);
    return exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
  }

  void Call(const Operation& operation) {
    context_.operation = operation.name;
    facts_.operation = &operation;
  }
  void Finish(int status, std::string_view body, base::Duration duration) {
    facts_.status = status;
    facts_.duration = duration;
    recorder_->Finished(context_, facts_, body);
  }

  base::FakeClock clock_;
  const std::string file_;
  const std::vector<std::string> endpoints_;
  RequestMetrics metrics_;
  std::unique_ptr<telemetry::AsyncLog> log_;
  std::unique_ptr<CallRecorder> recorder_;
  model::CallContext context_;
  CallFacts facts_;
};

TEST_F(CallRecorderTest, LogsALargeBodyByItsSizeWithoutACopy) {
  Call(kPredict);
  EXPECT_TRUE(recorder_->KeepsPayload(context_, 64U << 10U));
  EXPECT_FALSE(recorder_->KeepsPayload(context_, (64U << 10U) + 1));
  facts_.body_bytes = 50'000'000;
  Finish(200, R"({"prediction":1})", std::chrono::microseconds(80));
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["request_bytes"], 50'000'000);
}

TEST_F(CallRecorderTest, CountsAndLogsAPrediction) {
  Call(kPredict);
  context_.request_id = "id-1";
  facts_.payload = R"({"features":[1]})";
  facts_.model = MakeLabel(7, "1.2.0");
  EXPECT_TRUE(recorder_->KeepsPayload(context_, 100));
  Finish(200, R"({"prediction":1})", std::chrono::microseconds(80));
  facts_.model = MakeLabel(8, "1.3.0");
  Finish(200, R"({"prediction":0})", std::chrono::microseconds(80));

  const std::string text = Metrics();
  for (const std::string_view version : {"1.2.0", "1.3.0"}) {
    const std::string series =
        "model_requests_total{endpoint=\"predict\",model=\"cancer\",version=\"" +
        std::string(version) + "\",code=\"200\"} 1";
    EXPECT_NE(text.find(series), std::string::npos) << text;
  }
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["type"], "prediction");
  EXPECT_EQ(lines[0]["request_id"], "id-1");
  EXPECT_EQ(lines[0]["version"], "1.2.0");
  EXPECT_EQ(lines[1]["version"], "1.3.0");
}

TEST_F(CallRecorderTest, LogsAFailureWithItsReason) {
  Call(kPredict);
  facts_.error = "invalid_argument";
  facts_.error_message = "features[3]: not a number";
  Finish(400, "{}", std::chrono::microseconds(10));
  EXPECT_NE(Metrics().find("code=\"400\"} 1"), std::string::npos);
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["type"], "error");
  EXPECT_NE(lines[0].dump().find("features[3]: not a number"), std::string::npos);
}

TEST_F(CallRecorderTest, LogsEveryOtherCallAsAnAccess) {
  Call(kModels);
  context_.request_id = "id-2";
  facts_.method = "GET";
  facts_.path = "/api/v1/models";
  context_.peer = "192.0.2.1:49152";
  Finish(200, "{}", std::chrono::microseconds(250));
  EXPECT_EQ(Metrics().find("model_requests_total{"), std::string::npos);
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], *json::ParseJson(R"({"timestamp": "2026-01-27T01:08:12.345Z",
      "level": "info", "type": "access", "request_id": "id-2", "method": "GET",
      "path": "/api/v1/models", "client": "192.0.2.1:49152", "code": 200, "duration_ms": 0.25})"));
}

TEST_F(CallRecorderTest, LogsACallThatMatchedNothingAsAnAccessAndAnError) {
  facts_.method = "GET";
  facts_.path = "/wp-admin";
  facts_.error = "not_found";
  Finish(404, "{}", std::chrono::microseconds(10));
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["type"], "access");
  EXPECT_EQ(lines[0]["path"], "/wp-admin");
  EXPECT_EQ(lines[1]["type"], "error");
  EXPECT_EQ(lines[1]["error"], "not_found");
}

TEST_F(CallRecorderTest, LogsNothingForAHealthCheckThatWentWell) {
  Call(kHealth);
  facts_.method = "GET";
  facts_.path = "/health";
  Finish(200, "{}", std::chrono::microseconds(10));
  EXPECT_TRUE(Lines().empty());
  Finish(503, "{}", std::chrono::microseconds(10));
  EXPECT_TRUE(Lines().empty()) << "a probe that says no is an answer";
  Finish(500, "{}", std::chrono::microseconds(10));
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["type"], "error");
}

TEST_F(CallRecorderTest, CountsEveryOtherCallOnceWithItsReason) {
  CallFacts facts;
  facts.operation = &kModels;
  facts.status = 200;
  model::CallContext models;
  models.operation = "models";
  recorder_->Finished(models, facts, {});
  CallFacts lost;
  lost.status = 404;
  lost.reason = AnswerReason::kPath;
  recorder_->Finished({}, lost, {});
  recorder_->Finished({}, lost, {});
  telemetry::Exposition exposition;
  metrics_.Collect(exposition);
  const std::string text = exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
  EXPECT_NE(text.find(R"(moorage_requests_total{endpoint="models",code="200",reason="handler"} 1)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(moorage_requests_total{endpoint="",code="404",reason="path"} 2)"),
            std::string::npos)
      << text;
}

TEST_F(CallRecorderTest, ForgetsAnUnloadedVersionOnceNoAnswerNamesIt) {
  Call(kPredict);
  facts_.model = MakeLabel(7, "1.0.0");
  Finish(200, "{}", std::chrono::milliseconds(1));
  // The version was unloaded, and an answer of it is still on its way.
  EXPECT_FALSE(recorder_->Forget(7));
  Finish(200, "{}", std::chrono::milliseconds(1));
  EXPECT_NE(Metrics().find("version=\"1.0.0\",code=\"200\"} 2"), std::string::npos) << Metrics();
  facts_.model.reset();
  EXPECT_TRUE(recorder_->Forget(7));
  EXPECT_EQ(Metrics().find("1.0.0"), std::string::npos) << Metrics();
}

TEST_F(CallRecorderTest, KeepsWhatAVersionThatWasLoadedAgainHasCounted) {
  Call(kPredict);
  facts_.model = MakeLabel(7, "1.0.0");
  Finish(200, "{}", std::chrono::milliseconds(1));
  facts_.model = MakeLabel(8, "1.0.0");
  Finish(200, "{}", std::chrono::milliseconds(1));
  EXPECT_TRUE(recorder_->Forget(7));
  EXPECT_NE(Metrics().find("version=\"1.0.0\",code=\"200\"} 2"), std::string::npos) << Metrics();
  facts_.model.reset();
  EXPECT_TRUE(recorder_->Forget(8));
  EXPECT_EQ(Metrics().find("1.0.0"), std::string::npos) << Metrics();
}

TEST_F(CallRecorderTest, HasPlaceForEveryVersionThatIsAlive) {
  Call(kPredict);
  for (std::uint32_t id = 1; id <= 3000; ++id) {
    facts_.model = MakeLabel(id, "1." + std::to_string(id) + ".0");
    Finish(200, "{}", std::chrono::milliseconds(1));
    facts_.model.reset();
    ASSERT_TRUE(recorder_->Forget(id));
  }
  EXPECT_EQ(Metrics().find("other"), std::string::npos) << Metrics();
}

}  // namespace
}  // namespace moorage::api
