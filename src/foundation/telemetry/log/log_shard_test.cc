#include "foundation/telemetry/log/log_shard.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "foundation/telemetry/log/async_log.h"
#include "foundation/telemetry/log/testing/log_fixture.h"

namespace moorage::telemetry {
namespace {

using std::chrono::seconds;

// A shard is read by its log.
class LogShardTest : public LogFixture {
 protected:
  ErrorRecord Error(int code) const {
    ErrorRecord error;
    error.time = clock_.Now();
    error.code = code;
    return error;
  }
  std::size_t Count(std::string_view type) const {
    std::size_t count = 0;
    for (const json::Json& line : Lines()) count += line["type"] == type ? 1U : 0U;
    return count;
  }
};

TEST_F(LogShardTest, LimitsPredictionsAndAccessesBySecondEachForItselfButNeverErrors) {
  options_.max_per_second = 100;
  options_.max_accesses_per_second = 50;
  AsyncLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  for (int second = 0; second < 2; ++second) {
    for (int i = 0; i < 300; ++i) {
      shard.Access(Access());
      shard.Prediction(Prediction());
    }
    clock_.Advance(seconds(1));
  }
  for (int i = 0; i < 300; ++i) shard.Error(Error(404));
  log.Flush();
  EXPECT_EQ(Count("prediction"), 200U);
  EXPECT_EQ(Count("access"), 100U);
  EXPECT_EQ(Count("error"), 300U);
  EXPECT_EQ(shard.dropped_rate(LogType::kPrediction), 400U);
  EXPECT_EQ(shard.dropped_rate(LogType::kAccess), 500U);
  EXPECT_EQ(shard.dropped_rate(LogType::kError), 0U);
}

TEST_F(LogShardTest, RecordsTheShareOfPredictionsThatIsAskedFor) {
  options_.sample = 0.25;
  AsyncLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  options_.max_per_second = 0;
  PredictionRecord record = Prediction();
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = "24be98424e30-" + std::to_string(i);
    record.request_id = id;
    shard.Prediction(record);
  }
  log.Flush();
  // Four standard deviations around a quarter.
  EXPECT_GT(Count("prediction"), 195U);
  EXPECT_LT(Count("prediction"), 305U);
  EXPECT_EQ(shard.dropped_rate(LogType::kPrediction), 0U);
}

TEST_F(LogShardTest, KeepsOrLeavesOutARequestWhateverCameBeforeIt) {
  options_.sample = 0.5;
  const auto kept = [&](const std::vector<std::string>& ids) {
    std::filesystem::remove_all(folder_ / "logs");
    {
      AsyncLog log(options_, clock_);
      LogShard& shard = log.AddShard();
      PredictionRecord record = Prediction();
      for (const std::string& id : ids) {
        record.request_id = id;
        shard.Prediction(record);
      }
    }
    std::set<std::string> found;
    for (const json::Json& line : Lines()) found.insert(line["request_id"]);
    return found;
  };
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back("r-" + std::to_string(i));
  const auto forward = kept(ids);
  std::ranges::reverse(ids);
  EXPECT_EQ(kept(ids), forward);
  // Every second request is of the other model, and both are met.
  const auto of_parity = [&](int parity) {
    return std::ranges::count_if(
        forward, [&](const std::string& id) { return std::stoi(id.substr(2)) % 2 == parity; });
  };
  EXPECT_GT(of_parity(0), 0);
  EXPECT_GT(of_parity(1), 0);
}

TEST_F(LogShardTest, LeavesOutWhatIsLessSevereThanTheLevel) {
  const auto kinds = [&](LogLevel level) {
    options_.level = level;
    {
      AsyncLog log(options_, clock_);
      LogShard& shard = log.AddShard();
      AccessRecord probe = Access();
      probe.level = LogLevel::kDebug;
      shard.Access(probe);
      shard.Access(Access());
      shard.Prediction(Prediction());
      shard.Error(Error(404));
      shard.Error(Error(500));
    }
    std::string seen;
    for (const json::Json& line : Lines()) {
      seen += line["type"].get<std::string>() + ":" + line["level"].get<std::string>() + " ";
    }
    std::filesystem::remove(options_.file);
    return seen;
  };
  EXPECT_EQ(kinds(LogLevel::kDebug),
            "access:debug access:info prediction:info error:warning error:error ");
  EXPECT_EQ(kinds(LogLevel::kInfo), "access:info prediction:info error:warning error:error ");
  EXPECT_EQ(kinds(LogLevel::kWarning), "error:warning error:error ");
  EXPECT_EQ(kinds(LogLevel::kError), "error:error ");
}

TEST_F(LogShardTest, CopiesWhatItIsToldAndKeepsLargeBodiesOut) {
  AsyncLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  {
    const std::string id = "an id of some length that lives for this block only";
    const std::string huge = "[" + std::string(70'000, ' ') + "]";
    PredictionRecord record = Prediction();
    record.request_id = id;
    record.request = huge;
    shard.Prediction(record);
  }
  log.Flush();
  ASSERT_EQ(Lines().size(), 1U);
  const json::Json line = Lines()[0];
  EXPECT_EQ(line["request_id"], "an id of some length that lives for this block only");
  EXPECT_EQ(line["request_bytes"], 70'002);
  EXPECT_EQ(line["response"]["prediction"], 1);
}

TEST_F(LogShardTest, KeepsNothingOfBodiesThatMayNotBeLogged) {
  options_.payload = PayloadPolicy::kNone;
  AsyncLog log(options_, clock_);
  log.AddShard().Prediction(Prediction());
  log.Flush();
  ASSERT_EQ(Lines().size(), 1U);
  EXPECT_FALSE(Lines()[0].contains("request"));
  EXPECT_FALSE(Lines()[0].contains("response"));
}

TEST_F(LogShardTest, DropsAndCountsWhatDoesNotFit) {
  options_.ring_bytes = 4096;
  AsyncLog log(options_, clock_);
  LogShard& shard = log.AddShard();
  AccessRecord access = Access();
  const std::string path(3000, 'p');  // more than half of the ring
  access.path = path;
  shard.Access(access);
  shard.Access(Access());
  log.Flush();
  EXPECT_EQ(shard.dropped_full(LogType::kAccess), 1U);
  EXPECT_EQ(Count("access"), 1U);
}

}  // namespace
}  // namespace moorage::telemetry
