#include "edge/port/stage_metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::port {
namespace {

using std::chrono::microseconds;

TEST(StageMetrics, AddsUpWhatAllReactorsHaveSeen) {
  StageMetrics stages;
  StageShard& one = stages.AddReactor();
  StageShard& other = stages.AddReactor();
  one.parse.Observe(microseconds(4), 32);
  other.parse.Observe(microseconds(8), 2);
  other.write.Observe(microseconds(3));
  one.ticks.Observe(microseconds(700));
  other.ticks.Observe(microseconds(20));
  telemetry::Exposition exposition;
  stages.Collect(exposition);
  const std::string text = exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
  for (const char* sample :
       {"bucket{stage=\"parse\",le=\"5e-06\"} 32\n", "bucket{stage=\"parse\",le=\"1e-05\"} 34\n",
        "count{stage=\"parse\"} 34\n", "count{stage=\"write\"} 1\n"}) {
    EXPECT_NE(text.find("moorage_stage_duration_seconds_" + std::string(sample)), std::string::npos)
        << text;
  }
  EXPECT_NE(text.find("moorage_loop_lag_seconds_count 2\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace moorage::port
