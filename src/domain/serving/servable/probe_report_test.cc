#include "domain/serving/servable/probe_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moorage::servable {
namespace {

using testing::HasSubstr;

ProbeReport FullReport() {
  ProbeReport report;
  report.batch_size = 32;
  report.sharing = RowSharing::kRefuted;
  report.sharing_detail = "output 'y' of a row differs by 386 beside 1 other row";
  report.proof = {.rows = 32,
                  .batch_sizes = {2, 3, 8, 32},
                  .relative = 1e-5,
                  .absolute = 1e-6,
                  .worst = 386,
                  .exact = false};
  report.deterministic = false;
  report.finite = false;
  report.cost = {.fixed = std::chrono::microseconds(7), .per_row = std::chrono::nanoseconds(90)};
  report.costs = {{.rows = 1, .elements = 30, .time = std::chrono::microseconds(8)}};
  report.data_dependent = {"the graph has Loop"};
  report.peak_memory = 1 << 20;
  report.output_row = 16;
  report.outputs = {{.name = "y", .lowest = -1, .highest = 2.5, .lowest_sum = 0, .highest_sum = 1}};
  report.findings = {{.check = AnswerCheck::kSum,
                      .refuted = true,
                      .output = "y",
                      .problem = "of a row of zeros has probabilities that sum to 1.7, not to 1"}};
  report.note = "requests do not share runs";
  return report;
}

TEST(AProbeReport, IsTheSameAfterItWasWrittenAndRead) {
  const auto read = ProbeReportFromJson(*json::ParseJson(json::ToText(ToJson(FullReport()))));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, FullReport());
}

TEST(AProbeReport, OfAnEndedTrialNamesWhatEndedItAndHowToMendIt) {
  ProbeReport report = FullReport();
  report.end = ProbeEnd::kSignal;
  report.end_detail = "ended by signal 8 (SIGFPE) in a run of one row of zeros";
  EXPECT_TRUE(report.quarantined());
  const base::Error error = QuarantineError(report);
  EXPECT_EQ(error.code, base::Code::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("SIGFPE"));
  EXPECT_THAT(error.message, HasSubstr("correct the graph"));
}

TEST(AProbeReport, OfAnotherFormatOrWithAnUnknownWordIsRefused) {
  const json::Json good = ToJson(FullReport());
  for (const auto& [key, value] : std::vector<std::pair<std::string, json::Json>>{
           {"format", 1},
           {"end", "bored"},
           {"sharing", 1},
           {"fixed_ns", -1},
           {"costs", json::Json::array({json::Json::object()})},
           {"proof", nullptr},
           {"more", true}}) {
    json::Json bad = good;
    bad[key] = value;
    EXPECT_FALSE(ProbeReportFromJson(bad).ok()) << key;
  }
  json::Json without = good;
  without.erase("outputs");
  EXPECT_FALSE(ProbeReportFromJson(without).ok());
}

}  // namespace
}  // namespace moorage::servable
