#include "edge/api/call_recorder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/model/json.h"
#include "foundation/telemetry/event_log.h"

namespace moorage::api {
namespace {

constexpr Operation kPredict{.name = "predict",
                             .method = Method::kPost,
                             .path = "/predict",
                             .is_inference = true,
                             .json_body = true};
constexpr Operation kHealth{.name = "health", .method = Method::kGet, .path = "/health"};
constexpr Operation kOperations[] = {kHealth, kPredict};

serving::ServableHandle MakeServable(std::uint32_t id, std::string_view version) {
  const base::Error none{base::Code::kUnsupported, "no layout"};
  auto servable = std::make_shared<serving::Servable>(
      serving::Servable{.name = model::ModelName("cancer"),
                        .version = *model::SemVer::Parse(version),
                        .digest = {},
                        .manifest = {},
                        .session = nullptr,
                        .layout = none,
                        .reader = none,
                        .batchable = false,
                        .cost = {},
                        .id = id});
  return servable;
}

class CallRecorderTest : public testing::Test {
 protected:
  CallRecorderTest()
      : file_(testing::TempDir() + "/call_recorder_" + std::to_string(::getpid()) + ".log"),
        endpoints_(EndpointNames(kOperations)),
        metrics_(endpoints_) {
    std::filesystem::remove(file_);
    log_ = std::make_unique<telemetry::EventLog>(
        telemetry::EventLogOptions{.file = file_,
                                   .console = telemetry::ConsoleForm::kNone,
                                   .payload = telemetry::PayloadPolicy::kFull},
        clock_);
    recorder_ = std::make_unique<CallRecorder>(
        CallRecorder::Deps{metrics_, metrics_.AddShard(), log_->AddShard(), clock_}, endpoints_,
        CallRecorder::Payloads::kKept);
  }
  ~CallRecorderTest() override { std::filesystem::remove(file_); }

  std::vector<model::Json> Lines() {
    log_->Flush();
    std::vector<model::Json> lines;
    std::ifstream file(file_);
    for (std::string line; std::getline(file, line);) {
      auto json = model::ParseJson(line);
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

  base::FakeClock clock_;
  const std::string file_;
  const std::vector<std::string> endpoints_;
  telemetry::RequestMetrics metrics_;
  std::unique_ptr<telemetry::EventLog> log_;
  std::unique_ptr<CallRecorder> recorder_;
  CallContext context_;
};

TEST_F(CallRecorderTest, CountsAndLogsAPrediction) {
  context_.operation = &kPredict;
  context_.request_id = "id-1";
  context_.payload = R"({"features":[1]})";
  context_.servable = MakeServable(7, "1.2.0");
  EXPECT_TRUE(recorder_->KeepsPayload(context_));
  recorder_->Finished(context_, 200, R"({"prediction":1})", std::chrono::microseconds(80));
  context_.servable = MakeServable(8, "1.3.0");
  recorder_->Finished(context_, 200, R"({"prediction":0})", std::chrono::microseconds(80));

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
  context_.operation = &kPredict;
  context_.error = "invalid_argument";
  context_.error_message = "features[3]: not a number";
  recorder_->Finished(context_, 400, "{}", std::chrono::microseconds(10));
  EXPECT_NE(Metrics().find("code=\"400\"} 1"), std::string::npos);
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["type"], "error");
  EXPECT_NE(lines[0].dump().find("features[3]: not a number"), std::string::npos);
}

TEST_F(CallRecorderTest, SaysNothingOfAHealthCheckThatWentWell) {
  context_.operation = &kHealth;
  recorder_->Finished(context_, 200, "{}", std::chrono::microseconds(10));
  EXPECT_EQ(Metrics().find("model_requests_total{"), std::string::npos);
  EXPECT_TRUE(Lines().empty());
  recorder_->Finished(context_, 503, "{}", std::chrono::microseconds(10));
  context_.operation = nullptr;
  recorder_->Finished(context_, 404, "{}", std::chrono::microseconds(10));
  EXPECT_EQ(Lines().size(), 2U);
}

}  // namespace
}  // namespace moorage::api
