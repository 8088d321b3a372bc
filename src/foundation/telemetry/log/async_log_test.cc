#include "foundation/telemetry/log/async_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "foundation/json/json.h"
#include "foundation/telemetry/log/testing/log_fixture.h"

namespace moorage::telemetry {
namespace {

using json::Json;
using std::chrono::microseconds;
using std::chrono::seconds;

class AsyncLogTest : public LogFixture {};

TEST_F(AsyncLogTest, WritesAPredictionWithTheStructureOfItsRequest) {
  AsyncLog log(options_, clock_);
  log.AddShard().Prediction(Prediction());
  log.Flush();
  EXPECT_EQ(ReadAll(options_.file),
            R"({"timestamp":"2026-01-27T01:08:12.345Z","level":"info","type":"prediction",)"
            R"("request_id":"r-1","endpoint":"predict","model":"cancer","version":"1.0.0",)"
            R"("code":200,"duration_ms":1.234,"request":{"features":{"array":3,"of":"number"}},)"
            R"("response":{"prediction":1,"probability":[0.25,0.75]}})"
            "\n");
}

TEST_F(AsyncLogTest, WritesErrorsWithTheirReasonAndServerMessagesWithTheirFields) {
  {
    AsyncLog log(options_, clock_);
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

TEST_F(AsyncLogTest, CountsWhatIsBeyondALimitForPredictionsAndAccesses) {
  options_.max_per_second = 10;
  options_.max_accesses_per_second = 10;
  AsyncLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  for (int i = 0; i < 30; ++i) shard.Prediction(Prediction());
  for (int i = 0; i < 15; ++i) shard.Access(Access());
  Exposition exposition;
  log.Collect(exposition);
  const std::string text = exposition.ToText(ExpositionFormat::kPrometheusText);
  for (const char* series :
       {"{type=\"prediction\",reason=\"rate\"} 20\n", "{type=\"access\",reason=\"rate\"} 5\n"}) {
    EXPECT_NE(text.find("moorage_log_dropped_total" + std::string(series)), std::string::npos)
        << text;
  }
}

TEST_F(AsyncLogTest, DividesTheLimitAmongItsShards) {
  options_.max_per_second = 100;
  AsyncLog log(options_, clock_);
  LogShard& one = log.AddShard();
  LogShard& other = log.AddShard();
  for (int i = 0; i < 100; ++i) {
    one.Prediction(Prediction());
    other.Prediction(Prediction());
  }
  log.Flush();
  EXPECT_EQ(Lines().size(), 100U);
}

TEST_F(AsyncLogTest, CountsWhatAFullRingLosesAndSaysSo) {
  options_.ring_bytes = 4096;
  options_.max_per_second = 0;
  std::uint64_t dropped = 0;
  {
    AsyncLog log(options_, clock_);
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

TEST_F(AsyncLogTest, SurvivesADiskThatRefusesAndWritesAgainLater) {
  options_.file = folder_ / "full.log";
  std::filesystem::create_symlink("/dev/full", options_.file);
  AsyncLog log(options_, clock_);
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

// A pipe of one page that no process reads.
class UnreadPipe {
 public:
  UnreadPipe() {
    EXPECT_EQ(::pipe(ends_.data()), 0);
    EXPECT_GT(::fcntl(ends_[1], F_SETPIPE_SZ, 4096), 0);
    const std::string page(4096, '.');
    EXPECT_EQ(::write(ends_[1], page.data(), page.size()), 4096);
  }
  ~UnreadPipe() {
    for (const int end : ends_) ::close(end);
  }
  UnreadPipe(const UnreadPipe&) = delete;
  UnreadPipe& operator=(const UnreadPipe&) = delete;

  int write_end() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

TEST_F(AsyncLogTest, WritesItsFileAndEndsWhileNoProcessReadsTheConsole) {
  const UnreadPipe console;
  options_.console = ConsoleForm::kText;
  options_.console_fd = console.write_end();
  constexpr int kLines = 3'000;
  {
    AsyncLog log(options_, clock_);
    for (int i = 0; i < kLines; ++i) {
      log.Info(std::string(150, 'x'));
      if (i % 500 == 0) log.Flush();
    }
    log.Flush();
    Exposition exposition;
    log.Collect(exposition);
    const std::string text = exposition.ToText(ExpositionFormat::kPrometheusText);
    EXPECT_EQ(text.find("{type=\"server\",reason=\"console\"} 0\n"), std::string::npos) << text;
    clock_.Advance(seconds(2));
  }
  int written = 0;
  bool told = false;
  for (const Json& line : Lines()) {
    told = told || line["message"].get<std::string>().ends_with("the console is not read");
    if (!line.contains("dropped")) ++written;
  }
  EXPECT_EQ(written, kLines);
  EXPECT_TRUE(told);
}

TEST_F(AsyncLogTest, GoesOnInANewFileAfterItsFolderWasRemoved) {
  AsyncLog log(options_, clock_);
  log.Info("before");
  log.Flush();
  std::filesystem::remove_all(folder_ / "logs");
  clock_.Advance(seconds(2));
  log.Info("after");
  log.Flush();
  const std::vector<Json> lines = Lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["message"], "after");
  EXPECT_EQ(lines[1]["message"], "the log file was moved or removed, and was made again");
}

TEST_F(AsyncLogTest, OpensItsFileAgainWhenItIsAsked) {
  AsyncLog log(options_, clock_);
  log.Info("before");
  log.Flush();
  const std::string moved = folder_ / "moved.log";
  std::filesystem::rename(options_.file, moved);
  log.Reopen();
  log.Flush();
  EXPECT_TRUE(std::filesystem::exists(options_.file));
  log.Info("after");
  log.Flush();
  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_EQ(Lines()[0]["message"], "after");
  EXPECT_EQ(Lines(moved).size(), 1U);
}

TEST_F(AsyncLogTest, ShowsServerLinesAndServerErrorsOnTheConsoleButNoPredictions) {
  const std::string console = folder_ / "console";
  options_.console = ConsoleForm::kText;
  options_.console_fd = ::open(console.c_str(), O_CREAT | O_WRONLY, 0600);
  {
    AsyncLog log(options_, clock_);
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

TEST_F(AsyncLogTest, TakesRecordsFromManyThreadsAtOnce) {
  options_.max_per_second = 0;
  constexpr int kThreads = 3;
  constexpr int kEach = 3000;
  std::uint64_t dropped = 0;
  {
    AsyncLog log(options_, clock_);
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
