#include "main/data_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "edge/management/management_operations.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"
#include "foundation/telemetry/log/testing/fake_log.h"
#include "main/data_operations.h"
#include "main/testing/wire_port.h"

namespace moorage::main {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kJson = "Content-Type: application/json\r\n";

class FakeManagement : public management::Management {
 public:
  base::Result<model::ApiReply> Handle(const model::ApiCall& call) override {
    calls.emplace_back(call.operation->name);
    return model::ApiReply{};
  }
  std::vector<std::string> calls;
};

// Does each job at once, on the thread that brings it.
class ImmediateJobs : public management_http::JobQueue {
 public:
  bool TrySubmit(management_http::Job job) override {
    job.run();
    return true;
  }
};

class CountedCalls : public api::CallObserver {
 public:
  explicit CountedCalls(std::vector<int>& statuses) : statuses_(statuses) {}
  bool KeepsPayload(const model::CallContext& /*context*/, std::size_t /*bytes*/) override {
    return false;
  }
  void Finished(const model::CallContext& /*context*/, const api::CallFacts& facts,
                std::string_view /*body*/) override {
    statuses_.push_back(facts.status);
  }
  bool Forget(std::uint32_t label) override {
    forgets.push_back(label);
    return forgets.size() > 1;
  }
  std::vector<std::uint32_t> forgets;

 private:
  std::vector<int>& statuses_;
};

class UnseenRuns : public lane::LaneObserver {
 public:
  void OnRun(const Run& /*run*/) override {}
  void OnRejected(const servable::Servable& /*servable*/, lane::Rejection /*reason*/,
                  std::size_t /*requests*/) override {}
};

// The data port of a server that serves the linear fake as cancer@1.0.0.
class DataServiceTest : public testing::Test {
 protected:
  DataServiceTest() {
    source_.Want("cancer", {"1.0.0"}, {{"production", "1.0.0"}});
    manager_.ReconcileOnce();
  }

  std::unique_ptr<DataService> Make(management::Management* management) {
    const DataService::Shared shared{.manager = manager_,
                                     .executor = executor_,
                                     .management = management,
                                     .jobs = jobs_,
                                     .memory = memory_,
                                     .readiness = readiness_,
                                     .metrics = requests_,
                                     .clock = clock_,
                                     .hosts = {},
                                     .lane = {},
                                     .dispatcher = {}};
    auto calls = std::make_unique<CountedCalls>(statuses_);
    calls_ = calls.get();
    auto made = DataService::Make(shared, reactor_, std::move(calls), runs_);
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }

  base::FakeClock clock_;
  telemetry::FakeLog log_;
  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  models::FakeModelSource source_{servable::FakeManifest()};
  models::ModelManager manager_{{}, source_, backend_, clock_, log_};
  lane::BatchExecutor executor_{{}, clock_};
  probes::Readiness readiness_{manager_};
  api::RequestMetrics requests_{{"predict"}};
  base::MemoryBudget memory_{64U << 20U};
  ImmediateJobs jobs_;
  UnseenRuns runs_;
  FakeManagement management_;
  std::vector<int> statuses_;
  CountedCalls* calls_ = nullptr;  // of the service that was made last
  net::Reactor reactor_{clock_, {}};
};

TEST_F(DataServiceTest, AnswersEveryProtocolOfThePortFromOneModel) {
  const auto service = Make(nullptr);
  WirePort port(*service, clock_);
  const std::string_view row = R"({"features": [1, 0.5, 0.75]})";
  EXPECT_THAT(port.Ask("POST", "/predict", row), HasSubstr(R"({"prediction":1,)"));
  EXPECT_THAT(port.Ask("POST", "/api/v1/predict", row), HasSubstr(R"({"result":1,)"));
  EXPECT_THAT(port.Ask("POST", "/api/v2/models/cancer@1.0.0/predict", "[[1, 0.5, 0.75]]"),
              HasSubstr(R"("version":"1.0.0")"));
  EXPECT_THAT(port.Ask("POST", "/v2/models/cancer/infer",
                       R"({"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 3],
                            "data": [1, 0.5, 0.75]}]})"),
              HasSubstr(R"("model_name":"cancer")"));
  EXPECT_EQ(port.Status("GET", "/health"), 200);
  EXPECT_EQ(port.Status("GET", "/v2/health/ready"), 200);
  EXPECT_EQ(port.Status("GET", "/nothing"), 404);
  EXPECT_THAT(statuses_, ElementsAre(200, 200, 200, 200, 200, 200, 404));
}

TEST_F(DataServiceTest, AsksAgainWhileAnAnswerNamesAnUnloadedVersion) {
  const auto service = Make(nullptr);
  service->Forget(5);
  EXPECT_THAT(calls_->forgets, ElementsAre(5));
  service->EndTick();
  service->EndTick();
  EXPECT_THAT(calls_->forgets, ElementsAre(5, 5));
}

TEST_F(DataServiceTest, ChangesNothingWithoutARegistry) {
  const auto files = Make(nullptr);
  WirePort port(*files, clock_);
  EXPECT_THAT(port.Ask("GET", "/api/v1/models"), HasSubstr(R"("name":"cancer")"));
  EXPECT_EQ(port.Status("POST", "/api/v1/gc", "{}", kJson), 501);
}

TEST_F(DataServiceTest, HandsTheManagementApiToTheRegistry) {
  const auto service = Make(&management_);
  WirePort port(*service, clock_);
  port.Ask("GET", "/api/v1/models");
  EXPECT_THAT(management_.calls, ElementsAre("list_models"));
  reactor_.DiscardPosted();  // the answer, on its way back
}

TEST_F(DataServiceTest, DescribesWhatItAnswers) {
  for (management::Management* management : {static_cast<management::Management*>(nullptr),
                                             static_cast<management::Management*>(&management_)}) {
    const auto service = Make(management);
    const std::string answer = WirePort(*service, clock_).Ask("GET", "/openapi.json");
    const auto document = json::ParseJson(answer.substr(answer.find("\r\n\r\n") + 4));
    ASSERT_TRUE(document.ok());
    EXPECT_TRUE((*document)["paths"].contains("/predict"));
    EXPECT_EQ((*document)["paths"].contains("/api/v1/gc"), management != nullptr);
  }
}

TEST_F(DataServiceTest, LetsNoPageOfAnotherSiteChangeTheRegistry) {
  const auto service = Make(&management_);
  WirePort port(*service, clock_);
  const std::string answer = port.Ask(
      "POST", "/api/v1/gc", "{}", "Origin: https://evil.example\r\nContent-Type: text/plain\r\n");
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 403 "));
  EXPECT_THAT(answer, HasSubstr("a page of 'https://evil.example'"));
  EXPECT_TRUE(management_.calls.empty());
  port.Ask("POST", "/api/v1/gc", "{}", kJson);
  EXPECT_THAT(management_.calls, ElementsAre("gc"));
  reactor_.DiscardPosted();  // the answer, on its way back
}

// The manager has answered the promotion. The message to this reactor is still on its way.
TEST_F(DataServiceTest, ARequestOfTheSameWakeUpMeetsTheVersionThatWasPromoted) {
  const auto service = Make(nullptr);
  const auto other = Make(nullptr);
  WirePort port(*service, clock_);
  WirePort other_port(*other, clock_);
  source_.Want("cancer", {"1.1.0"}, {{"production", "1.1.0"}});
  manager_.ReconcileOnce();
  for (WirePort* asked : {&port, &other_port}) {
    EXPECT_THAT(asked->Ask("POST", "/api/v2/predict", "[[1, 0.5, 0.75]]"),
                HasSubstr(R"("version":"1.1.0")"));
  }
}

}  // namespace
}  // namespace moorage::main
