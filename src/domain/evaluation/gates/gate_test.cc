#include "domain/evaluation/gates/gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace moorage::evaluation {
namespace {

Measurement Accuracy(double value, Outcome outcome) {
  return {.metric = "accuracy",
          .value = value,
          .comparison = ">=",
          .threshold = 0.9,
          .outcome = outcome};
}

TEST(Gate, OfTwoOutcomesTheWorseIsErrorThenFailThenInconclusiveThenPass) {
  const std::vector<Outcome> worst_first = {Outcome::kError, Outcome::kFail, Outcome::kInconclusive,
                                            Outcome::kPass};
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    for (std::size_t j = 0; j < worst_first.size(); ++j) {
      EXPECT_EQ(Worse(worst_first[i], worst_first[j]), worst_first[std::min(i, j)]);
    }
  }
}

TEST(Gate, AllowsForRoundingRelativeToTheMetric) {
  EXPECT_EQ(RoundingSlack("accuracy", 0.5, 0.25), 1e-12) << "accuracy is at most 1";
  EXPECT_EQ(RoundingSlack("r2", -0.5, 0), 1e-12);
  EXPECT_EQ(RoundingSlack("mae", 1000, 10), 1000 * 1e-12);
  EXPECT_LT(7.99e-13 - RoundingSlack("mae", 7.99e-13, 1e-15), 7.99e-13);
  EXPECT_GT(7.99e-13 - RoundingSlack("mae", 7.99e-13, 1e-15), 1e-15);
}

TEST(Gate, DescribesAMeasurementAsASentenceWithExactNumbers) {
  EXPECT_EQ(Describe(Accuracy(0.95, Outcome::kPass)), "accuracy 0.95 >= 0.9");
  EXPECT_EQ(Describe(Accuracy(0.1 + 0.2, Outcome::kFail)),
            "accuracy 0.30000000000000004 is not >= 0.9");
  EXPECT_EQ(Describe(Accuracy(std::nan(""), Outcome::kError)),
            "accuracy is not defined, must be >= 0.9");
}

TEST(Gate, SummarisesByTheWorstAndListsWhatIsNoPass) {
  Measurement good = Accuracy(0.95, Outcome::kPass);
  Measurement bad = Accuracy(0.5, Outcome::kFail);
  bad.metric = "f1_macro";
  const GateReport mixed = Summarise("metric_threshold", {good, bad, good});
  EXPECT_EQ(mixed.gate, "metric_threshold");
  EXPECT_EQ(mixed.outcome, Outcome::kFail);
  EXPECT_EQ(mixed.message, "f1_macro 0.5 is not >= 0.9");
  EXPECT_EQ(mixed.measurements.size(), 3U);
  const GateReport fine = Summarise("metric_threshold", {good, good});
  EXPECT_EQ(fine.outcome, Outcome::kPass);
  EXPECT_EQ(fine.message, "accuracy 0.95 >= 0.9; accuracy 0.95 >= 0.9");
}

TEST(Gate, ItsReportIsTheDocumentedJsonWithNullForWhatIsNotDefined) {
  GateReport report = Summarise("metric_threshold", {Accuracy(std::nan(""), Outcome::kError)});
  report.evidence = {{"rows", 3}};
  EXPECT_EQ(ToJson(report), json::Json::parse(R"({
      "name": "metric_threshold", "outcome": "ERROR",
      "message": "accuracy is not defined, must be >= 0.9",
      "measurements": [{"metric": "accuracy", "value": null, "comparison": ">=", "threshold": 0.9,
                        "outcome": "ERROR"}],
      "evidence": {"rows": 3}})"));
}

}  // namespace
}  // namespace moorage::evaluation
