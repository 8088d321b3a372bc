#include "domain/evaluation/gates/beats_naive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

using testing::HasSubstr;

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

// Rows of two classes in turn, enough for every test at its default level.
const std::vector<std::size_t> kTruth = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
const std::vector<double> kValues = {1, 2, 3, 4, 5, 6, 7, 8};

Evaluation Classifier(double accuracy, double f1) {
  return FakeClassification(kTruth, kTruth, {{"accuracy", accuracy}, {"f1_macro", f1}},
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
  EXPECT_EQ(Judge(FakeRegression(kValues, {{"r2", 0.1}}, {{"r2", 0}})).outcome, Outcome::kPass);
  EXPECT_EQ(Judge(FakeRegression(kValues, {{"r2", -0.1}}, {{"r2", 0}})).outcome, Outcome::kFail);
}

TEST(BeatsNaive, KnowsThatALowerErrorIsBetter) {
  const Policy policy = AskingFor({"rmse"}, 1);
  const Evaluation good = FakeRegression(kValues, {{"rmse", 4}}, {{"rmse", 5}});
  const Evaluation bad = FakeRegression(kValues, {{"rmse", 4.5}}, {{"rmse", 5}});
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
      Judge(FakeClassification(kTruth, kTruth, {{"accuracy", 1}}, {{"accuracy", 0.5}})).outcome,
      Outcome::kError);
}

// One right row more than the naive model shows nothing.
TEST(BeatsNaive, IsInconclusiveWhereChanceExplainsTheGain) {
  std::vector<std::size_t> answers = kTruth;
  for (std::size_t row = 0; row < 7; ++row) answers[row] = 1 - answers[row];
  const Evaluation candidate =
      FakeClassification(kTruth, answers, {{"accuracy", 0.5625}, {"f1_macro", 0.56}},
                         {{"accuracy", 0.5}, {"f1_macro", 0.33}});
  const GateReport report = Judge(candidate);
  EXPECT_EQ(report.outcome, Outcome::kInconclusive);
  EXPECT_THAT(report.message, HasSubstr("chance explains accuracy with a probability of 0."));
  EXPECT_THAT(report.message, HasSubstr("and the policy allows 0.05"));
  EXPECT_EQ(report.evidence["chance"]["accuracy"]["test"], "exact sign test");
  EXPECT_EQ(report.evidence["chance"]["f1_macro"]["test"], "permutation test");
}

TEST(BeatsNaive, TakesTheLevelThatThePolicyStates) {
  std::vector<std::size_t> answers = kTruth;
  answers[0] = 1;
  answers[2] = 1;
  answers[1] = 0;
  // Of the rows that one of the two alone has right, 7 are the candidate's and 2 the naive model's,
  // which is 0.0898.
  const Evaluation candidate =
      FakeClassification(kTruth, answers, {{"accuracy", 0.8125}}, {{"accuracy", 0.5}});
  Policy policy = AskingFor({"accuracy"}, 0);
  EXPECT_EQ(BeatsNaive().Judge({.policy = policy, .candidate = candidate})->outcome,
            Outcome::kInconclusive);
  policy.beats_naive->level = 0.1;
  EXPECT_EQ(BeatsNaive().Judge({.policy = policy, .candidate = candidate})->outcome,
            Outcome::kPass);
}

}  // namespace
}  // namespace moorage::evaluation
