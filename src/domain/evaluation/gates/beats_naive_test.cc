#include "domain/evaluation/gates/beats_naive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

Policy AskingFor(std::vector<std::string> metrics, double min_gain) {
  Policy policy;
  NaiveRule& rule = policy.beats_naive.emplace();
  rule.metrics = std::move(metrics);
  rule.min_gain = min_gain;
  return policy;
}

GateReport Judge(const Evaluation& candidate, double min_gain = 0) {
  const Policy policy = AskingFor({}, min_gain);
  auto report = BeatsNaive().Judge({.policy = policy, .candidate = candidate});
  EXPECT_TRUE(report.has_value());
  return *report;
}

Evaluation Classifier(double accuracy, double f1) {
  return FakeClassification({0, 1}, {0, 1}, {{"accuracy", accuracy}, {"f1_macro", f1}},
                            {{"accuracy", 0.9}, {"f1_macro", 0.47}});
}

TEST(BeatsNaive, NeedsToBeStrictlyBetter) {
  EXPECT_EQ(Judge(Classifier(0.91, 0.6)).outcome, Outcome::kPass);
  const GateReport equal = Judge(Classifier(0.9, 0.6));
  EXPECT_EQ(equal.outcome, Outcome::kFail);
  EXPECT_EQ(equal.message, "accuracy 0.9 is not > 0.9 (naive: always the most frequent label)");
}

TEST(BeatsNaive, NeedsTheGainThatIsAskedFor) {
  EXPECT_EQ(Judge(Classifier(0.95, 0.6), 0.05).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(Classifier(0.94, 0.6), 0.05).outcome, Outcome::kFail);
}

TEST(BeatsNaive, JudgesARegressionByR2) {
  EXPECT_EQ(Judge(FakeRegression({1, 2}, {{"r2", 0.1}}, {{"r2", 0}})).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(FakeRegression({1, 2}, {{"r2", -0.1}}, {{"r2", 0}})).outcome, Outcome::kFail);
}

TEST(BeatsNaive, KnowsThatALowerErrorIsBetter) {
  const Policy policy = AskingFor({"rmse"}, 1);
  const Evaluation good = FakeRegression({1, 2}, {{"rmse", 4}}, {{"rmse", 5}});
  const Evaluation bad = FakeRegression({1, 2}, {{"rmse", 4.5}}, {{"rmse", 5}});
  EXPECT_EQ(BeatsNaive().Judge({.policy = policy, .candidate = good})->outcome, Outcome::kPass);
  EXPECT_EQ(BeatsNaive().Judge({.policy = policy, .candidate = bad})->message,
            "rmse 4.5 is not <= 4 (naive: always the mean target)");
}

TEST(BeatsNaive, IsInconclusiveWhereAllTargetsAreEqual) {
  EXPECT_EQ(Judge(FakeClassification({1, 1}, {1, 1}, {{"accuracy", 1}})).outcome,
            Outcome::kInconclusive);
  EXPECT_EQ(Judge(FakeRegression({2, 2}, {{"r2", 1}})).outcome, Outcome::kInconclusive);
}

TEST(BeatsNaive, IsAnErrorWhereAMetricIsMissing) {
  EXPECT_EQ(
      Judge(FakeClassification({0, 1}, {0, 1}, {{"accuracy", 1}}, {{"accuracy", 0.5}})).outcome,
      Outcome::kError);
}

}  // namespace
}  // namespace moorage::evaluation
