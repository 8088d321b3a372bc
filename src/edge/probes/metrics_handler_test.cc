#include "edge/probes/metrics_handler.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "edge/api/testing/fake_exchange.h"
#include "foundation/json/json.h"

namespace moorage::probes {
namespace {

using std::chrono::milliseconds;

class Metrics : public testing::Test {
 protected:
  Metrics() {
    api::RequestShard& shard = metrics_.AddShard();
    const auto model = metrics_.Intern("cancer", "1.0.0");
    shard.Record(0, model, 200, milliseconds(10));
    shard.Record(0, model, 400, milliseconds(20));
  }

  api::RequestMetrics metrics_{{"predict", "health"}};
};

TEST_F(Metrics, AreWrittenInThePrometheusTextFormat) {
  MetricsHandler handler({&metrics_});
  api::FakeExchange call(api::Method::kGet, "/metrics");
  call.Give(handler);
  EXPECT_EQ(call.status(), 200);
  EXPECT_TRUE(call.content_type().starts_with("text/plain; version=0.0.4")) << call.content_type();
  EXPECT_NE(call.body().find(R"(model_requests_total{endpoint="predict",model="cancer",)"
                             R"(version="1.0.0",code="200"} 1)"),
            std::string::npos)
      << call.body();
}

TEST_F(Metrics, AreWrittenAsOpenMetricsForAScraperThatPrefersIt) {
  MetricsHandler handler({&metrics_});
  api::FakeExchange call(api::Method::kGet, "/metrics");
  call.WithHeader("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
  call.Give(handler);
  EXPECT_TRUE(call.content_type().starts_with("application/openmetrics-text"));
  EXPECT_TRUE(call.body().ends_with("# EOF\n"));
}

TEST_F(Metrics, HoldStatisticsOfTheEndpointsThatHaveAnswered) {
  StatsHandler handler(metrics_);
  api::FakeExchange call(api::Method::kGet, "/api/v1/stats");
  call.Give(handler);
  const auto body = json::ParseJson(call.body());
  ASSERT_TRUE(body.ok()) << call.body();
  const auto& endpoints = (*body)["endpoints"];
  EXPECT_EQ(endpoints.size(), 1U);
  EXPECT_EQ(endpoints["predict"]["count"], 2);
  EXPECT_EQ(endpoints["predict"]["errors"], 1);
  for (const char* figure : {"mean_ms", "min_ms", "max_ms", "p50_ms", "p90_ms", "p99_ms"}) {
    EXPECT_TRUE(endpoints["predict"][figure].is_number()) << figure;
  }
  EXPECT_NEAR(endpoints["predict"]["mean_ms"].get<double>(), 15, 1);
}

}  // namespace
}  // namespace moorage::probes
