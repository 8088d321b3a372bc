#include "foundation/telemetry/event_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/model/json.h"

namespace moorage::telemetry {
namespace {

using model::Json;
using std::chrono::microseconds;
using std::chrono::seconds;

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        testing::TempDir() + "/moorage-log-" + test->name() + "-" + std::to_string(::getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    options_.file = folder_ + "/logs/moorage.log";
    options_.console = ConsoleForm::kNone;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::string ReadAll(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static std::vector<Json> Lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<Json> lines;
    for (std::string line; std::getline(file, line);) {
      auto json = model::ParseJson(line);
      EXPECT_TRUE(json.ok()) << line;
      if (json.ok()) lines.push_back(*std::move(json));
    }
    return lines;
  }
  std::vector<Json> Lines() const { return Lines(options_.file); }

  PredictionRecord Prediction() const {
    return {.time = clock_.Now(),
            .duration = microseconds(1234),
            .code = 200,
            .request_id = "r-1",
            .endpoint = "/predict",
            .model = "cancer",
            .version = "1.0.0",
            .request = R"({"features":[1.5,2,3]})",
            .response = R"({"prediction":1,"probability":[0.25,0.75]})"};
  }

  std::string folder_;
  EventLogOptions options_;
  base::FakeClock clock_;
};

TEST_F(EventLogTest, WritesAPredictionWithTheStructureOfItsRequest) {
  EventLog log(options_, clock_);
  log.AddShard().Prediction(Prediction());
  log.Flush();
  EXPECT_EQ(ReadAll(options_.file),
            R"({"timestamp":"2026-01-27T01:08:12.345Z","level":"info","type":"prediction",)"
            R"("request_id":"r-1","endpoint":"/predict","model":"cancer","version":"1.0.0",)"
            R"("code":200,"duration_ms":1.234,"request":{"features":{"array":3,"of":"number"}},)"
            R"("response":{"prediction":1,"probability":[0.25,0.75]}})"
            "\n");
}

TEST_F(EventLogTest, KeepsTheWholeRequestOrNothingOfItAsThePolicySays) {
  options_.payload = PayloadPolicy::kFull;
  {
    EventLog log(options_, clock_);
    PredictionRecord record = Prediction();
    record.request = "{\n  \"features\": [1.5, 2, 3]\n}";
    log.AddShard().Prediction(record);
  }
  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_EQ(Lines()[0]["request"], Json::parse(R"({"features":[1.5,2,3]})"));
  std::filesystem::remove(options_.file);
  options_.payload = PayloadPolicy::kNone;
  {
    EventLog log(options_, clock_);
    log.AddShard().Prediction(Prediction());
  }
  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_FALSE(Lines()[0].contains("request"));
  EXPECT_FALSE(Lines()[0].contains("response"));
}

TEST_F(EventLogTest, WritesErrorsWithTheirReasonAndServerMessagesWithTheirFields) {
  {
    EventLog log(options_, clock_);
    log.AddShard().Error({.time = clock_.Now(),
                          .duration = microseconds(10),
                          .code = 400,
                          .request_id = "r-2",
                          .endpoint = "/predict",
                          .model = {},
                          .version = {},
                          .request = "{\"features\": [1,",
                          .response = R"({"error":"x"})",
                          .error = "invalid_argument",
                          .message = "body: \"features\" ends early"});
    log.Flush();
    log.Info("serving cancer@1.0.0", {{"model", "cancer"}, {"load_ms", 12}, {"warm", true}});
    log.Event("alias moved", {{"ratio", 0.5}, {"bad", std::numeric_limits<double>::quiet_NaN()}});
  }
  const std::vector<Json> lines = Lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["type"], "error");
  EXPECT_EQ(lines[0]["level"], "warning");
  EXPECT_EQ(lines[0]["error"], "invalid_argument");
  EXPECT_EQ(lines[0]["message"], "body: \"features\" ends early");
  EXPECT_EQ(lines[0]["request_bytes"], 16);
  EXPECT_FALSE(lines[0].contains("model"));
  EXPECT_EQ(lines[1]["type"], "server");
  EXPECT_EQ(lines[1]["message"], "serving cancer@1.0.0");
  EXPECT_EQ(lines[1]["load_ms"], 12);
  EXPECT_EQ(lines[1]["warm"], true);
  EXPECT_EQ(lines[2]["type"], "event");
  EXPECT_EQ(lines[2]["ratio"], 0.5);
  EXPECT_TRUE(lines[2]["bad"].is_null());
}

TEST_F(EventLogTest, StaysValidJsonWhateverARequestHolds) {
  {
    EventLog log(options_, clock_);
    LogShard& shard = log.AddShard();
    PredictionRecord record = Prediction();
    record.request_id = "\"\n\x01\xFF";
    record.response = "\x00\x01 binary";
    shard.Prediction(record);
    record.response = "{\"a\":\n1}";
    shard.Prediction(record);
    const std::string huge = "[" + std::string(100000, ' ') + "]";
    record.request = huge;
    shard.Prediction(record);
    shard.Access({.time = clock_.Now(),
                  .duration = microseconds(5),
                  .code = 200,
                  .request_id = "r",
                  .method = "GET",
                  .path = "/he\"alth",
                  .client = "127.0.0.1"});
  }
  const std::vector<Json> lines = Lines();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(lines[0].contains("response_bytes") || !lines[0].contains("response"));
  EXPECT_EQ(lines[2]["request_bytes"], 100002);
  EXPECT_EQ(lines[3]["path"], "/he\"alth");
  EXPECT_EQ(lines[3]["client"], "127.0.0.1");
}

TEST_F(EventLogTest, LimitsPredictionsBySecondButNeverErrors) {
  options_.max_per_second = 100;
  EventLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  for (int second = 0; second < 2; ++second) {
    for (int i = 0; i < 500; ++i) shard.Prediction(Prediction());
    clock_.Advance(seconds(1));
  }
  ErrorRecord error;
  error.time = clock_.Now();
  for (int i = 0; i < 500; ++i) shard.Error(error);
  log.Flush();
  EXPECT_EQ(shard.dropped_rate(LogType::kPrediction), 800U);
  EXPECT_EQ(shard.dropped_full(LogType::kError), 0U);
  EXPECT_EQ(Lines().size(), 700U);
  Exposition exposition;
  log.Collect(exposition);
  EXPECT_NE(exposition.ToText(ExpositionFormat::kPrometheusText)
                .find("moorage_log_dropped_total{type=\"prediction\",reason=\"rate\"} 800\n"),
            std::string::npos);
}

TEST_F(EventLogTest, DividesTheLimitAmongItsShards) {
  options_.max_per_second = 100;
  EventLog log(options_, clock_);
  LogShard& one = log.AddShard();
  LogShard& other = log.AddShard();
  for (int i = 0; i < 100; ++i) {
    one.Prediction(Prediction());
    other.Prediction(Prediction());
  }
  log.Flush();
  EXPECT_EQ(Lines().size(), 100U);
}

TEST_F(EventLogTest, RecordsTheShareOfPredictionsThatIsAskedFor) {
  options_.sample = 0.25;
  EventLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  for (int i = 0; i < 100; ++i) shard.Prediction(Prediction());
  log.Flush();
  EXPECT_EQ(Lines().size(), 25U);
  EXPECT_EQ(shard.dropped_rate(LogType::kPrediction), 0U);
}

TEST_F(EventLogTest, CountsWhatAFullRingLosesAndSaysSo) {
  options_.ring_bytes = 4096;
  options_.max_per_second = 0;
  std::uint64_t dropped = 0;
  {
    EventLog log(options_, clock_);
    LogShard& shard = log.AddShard();
    for (int i = 0; i < 20000; ++i) shard.Prediction(Prediction());
    dropped = shard.dropped_full(LogType::kPrediction);
    log.Flush();
  }
  ASSERT_GT(dropped, 0U);
  std::uint64_t predictions = 0;
  bool told = false;
  for (const Json& line : Lines()) {
    if (line["type"] == "prediction") ++predictions;
    told = told || (line["type"] == "server" && line["dropped"].get<std::uint64_t>() > 0);
  }
  EXPECT_EQ(predictions + dropped, 20000U);
  EXPECT_TRUE(told);
}

TEST_F(EventLogTest, RotatesTheFileAndKeepsAsManyAsItIsTold) {
  options_.max_size = 4000;
  options_.keep = 2;
  {
    EventLog log(options_, clock_);
    for (int i = 0; i < 200; ++i) log.Info("a line that is long enough to fill a file", {{"i", i}});
  }
  EXPECT_LE(std::filesystem::file_size(options_.file), 4000U);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/logs/moorage.1.log"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/logs/moorage.2.log"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/logs/moorage.3.log"));
  EXPECT_EQ(Lines().back()["i"], 199);
  EXPECT_EQ(Lines(folder_ + "/logs/moorage.1.log").back()["i"].get<int>() + 1,
            Lines().front()["i"].get<int>());
}

TEST_F(EventLogTest, SurvivesADiskThatRefusesAndWritesAgainLater) {
  options_.file = folder_ + "/full.log";
  std::filesystem::create_symlink("/dev/full", options_.file);
  EventLog log(options_, clock_);
  log.Info("lost");
  log.Flush();
  log.Info("lost too: it is too early to try again");
  log.Flush();
  std::filesystem::remove(options_.file);
  clock_.Advance(seconds(2));
  log.Info("written");
  log.Flush();
  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_EQ(Lines()[0]["message"], "written");
  Exposition exposition;
  log.Collect(exposition);
  EXPECT_NE(exposition.ToText(ExpositionFormat::kPrometheusText)
                .find("moorage_log_dropped_total{type=\"server\",reason=\"write\"} 2\n"),
            std::string::npos);
}

TEST_F(EventLogTest, ShowsServerLinesAndServerErrorsOnTheConsoleButNoPredictions) {
  const std::string console = folder_ + "/console";
  options_.console = ConsoleForm::kText;
  options_.console_fd = ::open(console.c_str(), O_CREAT | O_WRONLY, 0600);
  {
    EventLog log(options_, clock_);
    LogShard& shard = log.AddShard();
    shard.Prediction(Prediction());
    ErrorRecord error;
    error.time = clock_.Now();
    error.code = 404;
    error.message = "not shown";
    shard.Error(error);
    error.code = 500;
    error.endpoint = "/predict";
    error.model = "cancer";
    error.message = "the model failed";
    shard.Error(error);
    log.Flush();
    log.Debug("not shown: below the level");
    log.Warning("watch\nout", {{"why", "two words"}});
  }
  ::close(options_.console_fd);
  EXPECT_EQ(ReadAll(console),
            "2026-01-27T01:08:12.345Z ERROR   500 /predict the model failed model=cancer\n"
            "2026-01-27T01:08:12.345Z WARNING watch out why=\"two words\"\n");
}

TEST_F(EventLogTest, TakesRecordsFromManyThreadsAtOnce) {
  options_.max_per_second = 0;
  constexpr int kThreads = 3;
  constexpr int kEach = 3000;
  std::uint64_t dropped = 0;
  {
    EventLog log(options_, clock_);
    std::vector<std::thread> threads;
    std::vector<LogShard*> shards;
    threads.reserve(kThreads);
    shards.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) shards.push_back(&log.AddShard());
    for (LogShard* shard : shards) {
      threads.emplace_back([&log, shard, record = Prediction()] {
        for (int i = 0; i < kEach; ++i) {
          shard->Prediction(record);
          if (i % 500 == 0) log.Info("still here");
        }
      });
    }
    Exposition exposition;
    log.Collect(exposition);
    for (std::thread& thread : threads) thread.join();
    for (const LogShard* shard : shards) dropped += shard->dropped_full(LogType::kPrediction);
  }
  std::uint64_t predictions = 0;
  std::uint64_t server = 0;
  for (const Json& line : Lines()) {
    if (line["type"] == "prediction") ++predictions;
    if (line["type"] == "server" && !line.contains("dropped")) ++server;
  }
  EXPECT_EQ(predictions + dropped, static_cast<std::uint64_t>(kThreads * kEach));
  EXPECT_EQ(server, static_cast<std::uint64_t>(kThreads * kEach / 500));
}

}  // namespace
}  // namespace moorage::telemetry
