#include "foundation/telemetry/metrics/metric_family.h"

#include <gtest/gtest.h>

namespace moorage::telemetry {
namespace {

TEST(MetricFamily, CountsTheLabelsThatHaveAName) {
  constexpr MetricFamily kNone = {"a_level", MetricType::kGauge, "A level.", {}};
  constexpr MetricFamily kFull = {
      "b_total", MetricType::kCounter, "All labels.", {"a", "b", "c", "d"}};
  EXPECT_EQ(kNone.label_count(), 0U);
  EXPECT_EQ(kFull.label_count(), kMaxLabels);
}

TEST(MetricFamily, NamesItsTypeAsTheTextFormatDoes) {
  EXPECT_EQ(Name(MetricType::kCounter), "counter");
  EXPECT_EQ(Name(MetricType::kGauge), "gauge");
  EXPECT_EQ(Name(MetricType::kHistogram), "histogram");
}

}  // namespace
}  // namespace moorage::telemetry
