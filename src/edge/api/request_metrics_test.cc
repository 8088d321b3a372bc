#include "edge/api/request_metrics.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace moorage::api {
namespace {

using std::chrono::milliseconds;

std::string TextOf(const RequestMetrics& metrics) {
  telemetry::Exposition exposition;
  metrics.Collect(exposition);
  return exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
}

bool Has(const std::string& text, const std::string& line) {
  return text.find(line + "\n") != std::string::npos;
}

TEST(RequestMetrics, CountsByEndpointModelVersionAndCodeOverAllShards) {
  RequestMetrics metrics({"/predict", "/api/v1/predict"});
  const ModelKey cancer = metrics.Intern("cancer", "1.0.0");
  RequestShard& one = metrics.AddShard();
  RequestShard& other = metrics.AddShard();
  one.Record(0, cancer, 200, milliseconds(1));
  other.Record(0, cancer, 200, milliseconds(2));
  one.Record(0, cancer, 400, milliseconds(3));
  one.Record(1, ModelKey::kNone, 404, milliseconds(1));
  const std::string text = TextOf(metrics);
  const std::string labels = R"({endpoint="/predict",model="cancer",version="1.0.0")";
  EXPECT_TRUE(Has(text, "model_requests_total" + labels + ",code=\"200\"} 2")) << text;
  EXPECT_TRUE(Has(text, "model_requests_total" + labels + ",code=\"400\"} 1")) << text;
  EXPECT_TRUE(Has(text, "model_request_duration_seconds_count" + labels + "} 3")) << text;
  EXPECT_TRUE(
      Has(text,
          R"(model_requests_total{endpoint="/api/v1/predict",model="",version="",code="404"} 1)"));
}

TEST(RequestMetrics, GivesOneKeyToOneVersion) {
  RequestMetrics metrics({"/predict"});
  const ModelKey first = metrics.Intern("cancer", "1.0.0");
  EXPECT_EQ(metrics.Intern("cancer", "1.0.0"), first);
  EXPECT_NE(metrics.Intern("cancer", "1.1.0"), first);
  EXPECT_NE(metrics.Intern("cancer", "1.1.0"), ModelKey::kNone);
}

std::size_t SeriesIn(const std::string& text) {
  std::size_t series = 0;
  for (std::size_t at = text.find("_count{"); at != std::string::npos;
       at = text.find("_count{", at + 1)) {
    ++series;
  }
  return series;
}

TEST(RequestMetrics, EndsTheSeriesOfAVersionThatIsUnloadedAndKeepsTheSumsOfItsEndpoint) {
  RequestMetrics metrics({"/predict"});
  RequestShard& shard = metrics.AddShard();
  const ModelKey old = metrics.Intern("m", "1.0.0");
  const ModelKey kept = metrics.Intern("m", "2.0.0");
  shard.Record(0, old, 503, milliseconds(1));
  shard.Record(0, kept, 200, milliseconds(1));
  shard.Record(0, old, 200, milliseconds(1));
  shard.Forget(old);
  metrics.Release(old);
  const std::string text = TextOf(metrics);
  EXPECT_EQ(text.find("1.0.0"), std::string::npos) << text;
  EXPECT_TRUE(Has(
      text, R"(model_requests_total{endpoint="/predict",model="m",version="2.0.0",code="200"} 1)"));
  ASSERT_EQ(metrics.Stats().size(), 1U);
  EXPECT_EQ(metrics.Stats()[0].count, 3U);
  EXPECT_EQ(metrics.Stats()[0].errors, 1U);
  // A version that is loaded again begins anew.
  shard.Record(0, metrics.Intern("m", "1.0.0"), 200, milliseconds(1));
  EXPECT_TRUE(
      Has(TextOf(metrics),
          R"(model_requests_total{endpoint="/predict",model="m",version="1.0.0",code="200"} 1)"));
}

TEST(RequestMetrics, KeepAVersionThatAnotherThreadStillHolds) {
  RequestMetrics metrics({"/predict"});
  RequestShard& one = metrics.AddShard();
  RequestShard& other = metrics.AddShard();
  const ModelKey key = metrics.Intern("m", "1.0.0");
  ASSERT_EQ(metrics.Intern("m", "1.0.0"), key);
  one.Record(0, key, 200, milliseconds(1));
  other.Record(0, key, 200, milliseconds(1));
  one.Forget(key);
  metrics.Release(key);
  EXPECT_TRUE(
      Has(TextOf(metrics),
          R"(model_requests_total{endpoint="/predict",model="m",version="1.0.0",code="200"} 1)"));
}

TEST(RequestMetrics, BoundsTheSeriesThatAreAliveAndCountsTheRestAsOther) {
  RequestMetrics metrics({"/predict", "/api/v1/predict"});
  RequestShard& shard = metrics.AddShard();
  for (int i = 0; i < 1500; ++i) {
    const ModelKey key = metrics.Intern("m", "1." + std::to_string(i) + ".0");
    shard.Record(0, key, 200, milliseconds(1));
    shard.Record(1, key, 200, milliseconds(1));
  }
  const std::string text = TextOf(metrics);
  EXPECT_LE(SeriesIn(text), kMaxSeries + 2);
  EXPECT_NE(text.find(R"(model="other",version="other",code="200"})"), std::string::npos);
  std::uint64_t total = 0;
  for (const EndpointStats& stats : metrics.Stats()) total += stats.count;
  EXPECT_EQ(total, 3000U);
}

TEST(RequestMetrics, GiveThePlaceOfAnUnloadedVersionToANewOne) {
  RequestMetrics metrics({"/predict"});
  RequestShard& shard = metrics.AddShard();
  for (int i = 0; i < 5000; ++i) {
    const ModelKey key = metrics.Intern("m", "1." + std::to_string(i) + ".0");
    ASSERT_NE(key, ModelKey::kOther) << i;
    shard.Record(0, key, 200, milliseconds(1));
    if (i == 4999) break;
    shard.Forget(key);
    metrics.Release(key);
  }
  const std::string text = TextOf(metrics);
  EXPECT_EQ(SeriesIn(text), 1U) << text;
  EXPECT_NE(text.find("version=\"1.4999.0\""), std::string::npos) << text;
}

TEST(RequestMetrics, GivesStatisticsByEndpoint) {
  RequestMetrics metrics({"/predict", "/health", "/api/v1/predict"});
  RequestShard& shard = metrics.AddShard();
  const ModelKey one = metrics.Intern("a", "1.0.0");
  const ModelKey other = metrics.Intern("b", "1.0.0");
  for (int i = 1; i <= 100; ++i) {
    shard.Record(0, i % 2 == 0 ? one : other, i <= 10 ? 503 : 200, milliseconds(i));
  }
  shard.Record(2, one, 200, milliseconds(7));
  const std::vector<EndpointStats> stats = metrics.Stats();
  ASSERT_EQ(stats.size(), 2U);
  EXPECT_EQ(stats[0].endpoint, "/predict");
  EXPECT_EQ(stats[0].count, 100U);
  EXPECT_EQ(stats[0].errors, 10U);
  EXPECT_NEAR(stats[0].mean, 0.0505, 1e-9);
  EXPECT_DOUBLE_EQ(stats[0].min, 0.001);
  EXPECT_DOUBLE_EQ(stats[0].max, 0.1);
  EXPECT_NEAR(stats[0].p50, 0.05, 0.025);
  EXPECT_NEAR(stats[0].p90, 0.09, 0.05);
  EXPECT_NEAR(stats[0].p99, 0.099, 0.05);
  EXPECT_LE(stats[0].p50, stats[0].p90);
  EXPECT_LE(stats[0].p90, stats[0].p99);
  EXPECT_EQ(stats[1].endpoint, "/api/v1/predict");
  EXPECT_NEAR(stats[1].p99, 0.007, 1e-12);
}

TEST(RequestMetrics, MayBeScrapedWhileThreadsRecord) {
  RequestMetrics metrics({"/predict"});
  std::vector<std::thread> threads;
  threads.reserve(2);
  std::atomic<int> running{2};
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&metrics, &running, &shard = metrics.AddShard()] {
      for (int i = 0; i < 20000; ++i) {
        const ModelKey key =
            i % 1000 == 0 ? metrics.Intern("m", std::to_string(i)) : ModelKey::kNone;
        shard.Record(0, key, 200 + i % 30, milliseconds(1));
        if (i % 2000 == 0) {
          shard.Forget(key);
          metrics.Release(key);
        }
      }
      --running;
    });
  }
  while (running > 0) {
    EXPECT_LE(metrics.Stats().size(), 1U);
    TextOf(metrics);
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(metrics.Stats().size(), 1U);
  EXPECT_EQ(metrics.Stats()[0].count, 40000U);
}

}  // namespace
}  // namespace moorage::api
