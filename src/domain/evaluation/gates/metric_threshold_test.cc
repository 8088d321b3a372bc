#include "domain/evaluation/gates/metric_threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

GateReport Judge(const Policy& policy, const Evaluation& candidate) {
  auto report = MetricThreshold().Judge({.policy = policy, .candidate = candidate});
  EXPECT_TRUE(report.has_value());
  return *report;
}

Policy AtLeast(const std::string& metric, double min) {
  Policy policy;
  policy.metrics[metric] = {.min = min, .max = std::nullopt};
  return policy;
}

TEST(MetricThreshold, PassesAtTheThresholdAndFailsBelowIt) {
  const Policy policy = AtLeast("accuracy", 0.9);
  EXPECT_EQ(Judge(policy, FakeClassification({}, {}, {{"accuracy", 0.9}})).outcome, Outcome::kPass);
  const GateReport failed = Judge(policy, FakeClassification({}, {}, {{"accuracy", 0.8999999}}));
  EXPECT_EQ(failed.outcome, Outcome::kFail);
  EXPECT_EQ(failed.message, "accuracy 0.8999999 is not >= 0.9");
}

TEST(MetricThreshold, DoesNotJudgeByRounding) {
  const Policy policy = AtLeast("accuracy", 0.3);
  const double rounded = 0.1 + 0.2 - 1e-16;
  EXPECT_EQ(Judge(policy, FakeClassification({}, {}, {{"accuracy", rounded}})).outcome,
            Outcome::kPass);
  EXPECT_EQ(Judge(policy, FakeClassification({}, {}, {{"accuracy", 0.3 - 1e-11}})).outcome,
            Outcome::kFail);
}

TEST(MetricThreshold, PrintsTheNumbersUnrounded) {
  const GateReport report =
      Judge(AtLeast("accuracy", 0.95), FakeClassification({}, {}, {{"accuracy", 0.94999999999}}));
  EXPECT_EQ(report.message, "accuracy 0.94999999999 is not >= 0.95");
}

TEST(MetricThreshold, HoldsUpperBounds) {
  Policy policy;
  policy.metrics["rmse"] = {.min = std::nullopt, .max = 60};
  EXPECT_EQ(Judge(policy, FakeRegression({}, {{"rmse", 60}})).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(policy, FakeRegression({}, {{"rmse", 60.01}})).message,
            "rmse 60.01 is not <= 60");
}

TEST(MetricThreshold, NamesEveryBoundThatDoesNotHold) {
  Policy policy = AtLeast("accuracy", 0.9);
  policy.metrics["f1_macro"] = {.min = 0.8, .max = std::nullopt};
  policy.metrics["recall_macro"] = {.min = 0.1, .max = std::nullopt};
  const GateReport report = Judge(
      policy,
      FakeClassification({}, {}, {{"accuracy", 0.5}, {"f1_macro", 0.5}, {"recall_macro", 0.5}}));
  EXPECT_EQ(report.message, "accuracy 0.5 is not >= 0.9; f1_macro 0.5 is not >= 0.8");
  EXPECT_EQ(report.measurements.size(), 3u);
}

TEST(MetricThreshold, IsAnErrorForAMetricThatIsNotDefined) {
  const Policy policy = AtLeast("f1_macro", 0.9);
  EXPECT_EQ(Judge(policy, FakeClassification({}, {}, {{"f1_macro", std::nan("")}})).outcome,
            Outcome::kError);
  EXPECT_EQ(Judge(policy, FakeClassification({}, {}, {{"accuracy", 1}})).outcome, Outcome::kError);
}

TEST(MetricThreshold, IsInconclusiveWhereAnswersAreInvalid) {
  EXPECT_EQ(
      Judge(AtLeast("accuracy", 0.9), WithInvalidRow(FakeClassification({0}, {}, {}))).outcome,
      Outcome::kInconclusive);
}

TEST(MetricThreshold, IsSilentWhereThePolicyNamesNoMetric) {
  const Evaluation candidate = FakeClassification({}, {}, {});
  EXPECT_FALSE(MetricThreshold().Judge({.policy = {}, .candidate = candidate}));
}

}  // namespace
}  // namespace moorage::evaluation
