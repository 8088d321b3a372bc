#include "foundation/telemetry/metrics/exposition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace moorage::telemetry {
namespace {

constexpr MetricFamily kHits = {
    "hits_total", MetricType::kCounter, "Hits \\ and \"misses\".\nTwo.", {"where"}};
constexpr MetricFamily kLevel = {"a_level", MetricType::kGauge, "A level.", {}};
constexpr MetricFamily kRows = {"rows", MetricType::kHistogram, "Rows.", {"model"}};
constexpr std::array<double, 3> kBounds = {0.00005, 1, 2.5};

Exposition Example() {
  Histogram rows(kBounds);
  for (const double value : {1.0, 2.0, 9.0}) rows.Observe(value);
  Exposition exposition;
  exposition.Add(kRows, {"cancer"}, rows.Snapshot());
  exposition.Add(kHits, {"b"}, 2);
  exposition.Add(kHits, {"a\"\\\n"}, 1.5);
  exposition.Add(kHits, {"b"}, 1);
  exposition.Add(kLevel, {}, 1e6);
  return exposition;
}

TEST(Exposition, WritesThePrometheusTextFormat) {
  EXPECT_EQ(Example().ToText(ExpositionFormat::kPrometheusText),
            R"(# HELP a_level A level.
# TYPE a_level gauge
a_level 1000000
# HELP hits_total Hits \\ and "misses".\nTwo.
# TYPE hits_total counter
hits_total{where="a\"\\\n"} 1.5
hits_total{where="b"} 3
# HELP rows Rows.
# TYPE rows histogram
rows_bucket{model="cancer",le="5e-05"} 0
rows_bucket{model="cancer",le="1.0"} 1
rows_bucket{model="cancer",le="2.5"} 2
rows_bucket{model="cancer",le="+Inf"} 3
rows_sum{model="cancer"} 12
rows_count{model="cancer"} 3
)");
}

TEST(Exposition, WritesOpenMetricsWithTheNamesOfCountersInTheirBaseForm) {
  const std::string text = Example().ToText(ExpositionFormat::kOpenMetrics);
  EXPECT_NE(text.find("# HELP hits Hits \\\\ and \\\"misses\\\".\\nTwo.\n# TYPE hits counter\n"
                      "hits_total{where=\"a\\\"\\\\\\n\"} 1.5\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("rows_count{model=\"cancer\"} 3\n# EOF\n"));
}

TEST(Exposition, LeavesOutWhatIsNoNumber) {
  Exposition exposition;
  exposition.Add(kLevel, {}, std::nan(""));
  exposition.Add(kHits, {"x"}, std::numeric_limits<double>::infinity());
  EXPECT_EQ(exposition.ToText(ExpositionFormat::kPrometheusText), "");
  EXPECT_EQ(exposition.ToText(ExpositionFormat::kOpenMetrics), "# EOF\n");
}

TEST(Exposition, IsInTheFormatThatTheScraperPrefers) {
  using enum ExpositionFormat;
  EXPECT_EQ(NegotiateExposition(""), kPrometheusText);
  EXPECT_EQ(NegotiateExposition("*/*"), kPrometheusText);
  EXPECT_EQ(NegotiateExposition("text/html, text/plain;q=0.5"), kPrometheusText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text"), kOpenMetrics);
  // What Prometheus sends.
  EXPECT_EQ(
      NegotiateExposition("application/openmetrics-text;version=1.0.0,application/"
                          "openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
                          "*/*;q=0.1"),
      kOpenMetrics);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text; version=0.0.1"), kPrometheusText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=0.2, text/plain"), kPrometheusText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=0"), kPrometheusText);
  EXPECT_EQ(NegotiateExposition("application/openmetrics-text;q=,;;,"), kPrometheusText);
}

TEST(Exposition, TakesTheDeclaredFamiliesOnly) {
  constexpr static std::array kDeclared = {&kLevel};
  Exposition exposition(kDeclared);
  exposition.Add(kLevel, {}, 1);
  EXPECT_NE(exposition.ToText(ExpositionFormat::kPrometheusText).find("a_level 1"),
            std::string::npos);
  EXPECT_DEBUG_DEATH(exposition.Add(kHits, {"x"}, 1), "declared_");
}

TEST(Exposition, NamesItsContentType) {
  EXPECT_EQ(ContentType(ExpositionFormat::kPrometheusText),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(ContentType(ExpositionFormat::kOpenMetrics),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace moorage::telemetry
