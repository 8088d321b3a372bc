#include "domain/serving/lane/lane_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::lane {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;
using testing::Not;

std::string Scrape(const LaneMetrics& metrics) {
  telemetry::Exposition exposition;
  metrics.Collect(exposition);
  return exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
}

class LaneMetricsTest : public testing::Test {
 protected:
  static LaneObserver::Run RunOf(const servable::Servable& servable, std::size_t rows,
                                 std::size_t requests) {
    return {.servable = servable,
            .place = RunPlace::kInline,
            .rows = rows,
            .requests = requests,
            .queued = microseconds(3),
            .ran = microseconds(70)};
  }

  runtime::FakeScript script_;
  const servable::ServableHandle first_ = servable::MakeFakeServable(script_, {.name = "cancer"});
  const servable::ServableHandle second_ =
      servable::MakeFakeServable(script_, {.name = "cancer", .version = "1.1.0"});
  LaneMetrics metrics_;
};

TEST_F(LaneMetricsTest, CountsEachRunByItsRowsAndEachRequestByItsStages) {
  LaneObserver& lane = metrics_.AddLane();
  lane.OnRun(RunOf(*first_, 40, 32));
  lane.OnRun(RunOf(*first_, 1, 1));
  const std::string text = Scrape(metrics_);
  EXPECT_THAT(text, HasSubstr("moorage_batch_size_count{model=\"cancer\",version=\"1.0.0\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("moorage_batch_size_sum{model=\"cancer\",version=\"1.0.0\"} 41\n"));
  for (const char* sample :
       {"count{stage=\"queue\"} 33\n", "count{stage=\"run\"} 33\n",
        "bucket{stage=\"queue\",le=\"2.5e-06\"} 0\n", "bucket{stage=\"queue\",le=\"5e-06\"} 33\n",
        "bucket{stage=\"run\",le=\"5e-05\"} 0\n", "bucket{stage=\"run\",le=\"0.0001\"} 33\n"}) {
    EXPECT_THAT(text, HasSubstr("moorage_stage_duration_seconds_" + std::string(sample)));
  }
}

TEST_F(LaneMetricsTest, AddsUpTheLanesAndKeepsVersionsApart) {
  LaneObserver& one = metrics_.AddLane();
  LaneObserver& other = metrics_.AddLane();
  one.OnRun(RunOf(*first_, 2, 1));
  other.OnRun(RunOf(*first_, 3, 1));
  other.OnRun(RunOf(*second_, 7, 1));
  other.OnRun(RunOf(*first_, 1, 1));
  const std::string text = Scrape(metrics_);
  EXPECT_THAT(text, HasSubstr("moorage_batch_size_sum{model=\"cancer\",version=\"1.0.0\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("moorage_batch_size_sum{model=\"cancer\",version=\"1.1.0\"} 7\n"));
}

TEST_F(LaneMetricsTest, ForgetAVersionThatIsUnloaded) {
  LaneObserver& lane = metrics_.AddLane();
  lane.OnRun(RunOf(*first_, 2, 1));
  lane.OnRun(RunOf(*second_, 7, 1));
  lane.Forget(second_->id);
  lane.Forget(second_->id);
  const std::string text = Scrape(metrics_);
  EXPECT_THAT(text, HasSubstr("moorage_batch_size_sum{model=\"cancer\",version=\"1.0.0\"} 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("1.1.0")));
  EXPECT_THAT(text, HasSubstr("_count{stage=\"run\"} 2\n"));
}

TEST_F(LaneMetricsTest, CountsRefusedRequestsByTheirReasonFromTheStart) {
  LaneObserver& lane = metrics_.AddLane();
  lane.OnRejected(*first_, Rejection::kQueueFull, 5);
  lane.OnRejected(*first_, Rejection::kExpired, 1);
  const std::string text = Scrape(metrics_);
  for (const char* sample :
       {"in_flight\"} 0\n", "queue_full\"} 5\n", "predicted_wait\"} 0\n", "expired\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr("moorage_rejected_total{reason=\"" + std::string(sample)));
  }
}

TEST_F(LaneMetricsTest, MayBeScrapedWhileLanesRecord) {
  LaneObserver& lane = metrics_.AddLane();
  std::thread recorder([&] {
    for (std::uint32_t i = 0; i < 200; ++i) {
      const servable::ServableHandle version =
          servable::MakeFakeServable(script_, {.version = "1." + std::to_string(i) + ".0"});
      lane.OnRun(RunOf(*version, 1, 1));
      if (i % 2 == 0) lane.Forget(version->id);
    }
  });
  for (int i = 0; i < 20; ++i) Scrape(metrics_);
  recorder.join();
  EXPECT_THAT(Scrape(metrics_), HasSubstr("_count{stage=\"run\"} 200\n"));
}

}  // namespace
}  // namespace moorage::lane
