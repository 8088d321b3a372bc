#include "domain/evaluation/gates/baseline_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

Policy MaxDrop(double drop) {
  Policy policy;
  policy.compare["accuracy"] = {.max_loss = drop, .min_gain = std::nullopt};
  return policy;
}

Evaluation WithAccuracy(double accuracy) {
  return FakeClassification({0, 1, 1, 0}, {0, 1, 0, 0}, {{"accuracy", accuracy}});
}

Outcome Judge(const Policy& policy, const Evaluation& candidate, const Evaluation& baseline) {
  return BaselineComparison()
      .Judge({.policy = policy, .candidate = candidate, .baseline = &baseline})
      ->outcome;
}

TEST(BaselineComparison, AllowsTheDropThatThePolicyAllows) {
  EXPECT_EQ(Judge(MaxDrop(0.01), WithAccuracy(0.94), WithAccuracy(0.95)), Outcome::kPass);
  EXPECT_EQ(Judge(MaxDrop(0.01), WithAccuracy(0.9399), WithAccuracy(0.95)), Outcome::kFail);
  EXPECT_EQ(Judge(MaxDrop(0), WithAccuracy(0.95), WithAccuracy(0.95)), Outcome::kPass);
  EXPECT_EQ(Judge(MaxDrop(0), WithAccuracy(0.99), WithAccuracy(0.95)), Outcome::kPass);
}

TEST(BaselineComparison, DemandsAGainWhereThePolicyDoes) {
  Policy policy;
  policy.compare["rmse"] = {.max_loss = std::nullopt, .min_gain = 2};
  const Evaluation baseline = FakeRegression({1, 2}, {{"rmse", 10}});
  EXPECT_EQ(Judge(policy, FakeRegression({1, 2}, {{"rmse", 8}}), baseline), Outcome::kPass);
  EXPECT_EQ(Judge(policy, FakeRegression({1, 2}, {{"rmse", 9}}), baseline), Outcome::kFail);
}

TEST(BaselineComparison, AllowsARiseOfAnError) {
  Policy policy;
  policy.compare["rmse"] = {.max_loss = 1, .min_gain = std::nullopt};
  const Evaluation baseline = FakeRegression({1, 2}, {{"rmse", 10}});
  EXPECT_EQ(Judge(policy, FakeRegression({1, 2}, {{"rmse", 11}}), baseline), Outcome::kPass);
  EXPECT_EQ(Judge(policy, FakeRegression({1, 2}, {{"rmse", 11.5}}), baseline), Outcome::kFail);
}

TEST(BaselineComparison, DoesNotApplyToAFirstVersionThatIsJudgedOtherwise) {
  Policy policy = MaxDrop(0.01);
  const Evaluation candidate = WithAccuracy(0.9);
  EXPECT_EQ(BaselineComparison().Judge({.policy = policy, .candidate = candidate})->outcome,
            Outcome::kInconclusive);
  policy.metrics["accuracy"] = {.min = 0.5, .max = std::nullopt};
  const auto report = BaselineComparison().Judge({.policy = policy, .candidate = candidate});
  EXPECT_EQ(report->outcome, Outcome::kPass);
  EXPECT_EQ(report->evidence["applicable"], false);
}

TEST(BaselineComparison, IsInconclusiveWhereABaselineIsThereButCannotBeMeasured) {
  Policy policy = MaxDrop(0.01);
  policy.metrics["accuracy"] = {.min = 0.5, .max = std::nullopt};
  const Evaluation candidate = WithAccuracy(0.9);
  const auto report = BaselineComparison().Judge(
      {.policy = policy, .candidate = candidate, .not_compared = "m@1.0.0 takes other columns"});
  EXPECT_EQ(report->outcome, Outcome::kInconclusive);
  EXPECT_EQ(report->message,
            "not made: m@1.0.0 takes other columns; validate with the baseline none if no "
            "comparison is wanted");
  EXPECT_TRUE(report->measurements.empty());
}

TEST(BaselineComparison, RefusesABaselineOfOtherData) {
  Evaluation baseline = WithAccuracy(0.9);
  baseline.dataset = model::DigestOf("other data");
  EXPECT_EQ(Judge(MaxDrop(0.01), WithAccuracy(0.9), baseline), Outcome::kError);
}

TEST(BaselineComparison, IsAnErrorForAMetricThatIsNotDefined) {
  EXPECT_EQ(Judge(MaxDrop(0.01), WithAccuracy(std::nan("")), WithAccuracy(0.9)), Outcome::kError);
  EXPECT_EQ(
      Judge(MaxDrop(0.01), WithAccuracy(0.9), FakeClassification({0, 1, 1, 0}, {0, 1, 0, 0}, {})),
      Outcome::kError);
}

TEST(BaselineComparison, IsInconclusiveWhereEitherGaveInvalidAnswers) {
  EXPECT_EQ(Judge(MaxDrop(0.01), WithInvalidRow(WithAccuracy(1)), WithAccuracy(0.9)),
            Outcome::kInconclusive);
  EXPECT_EQ(Judge(MaxDrop(0.01), WithAccuracy(1), WithInvalidRow(WithAccuracy(0.9))),
            Outcome::kInconclusive);
}

TEST(BaselineComparison, CountsTheRowsThatOnlyOneOfTheTwoGotRight) {
  const Evaluation candidate = FakeClassification({0, 1, 1, 0}, {0, 1, 1, 1}, {{"accuracy", 0.75}});
  const Evaluation baseline = FakeClassification({0, 1, 1, 0}, {1, 1, 0, 0}, {{"accuracy", 0.5}});
  const auto report = BaselineComparison().Judge(
      {.policy = MaxDrop(0), .candidate = candidate, .baseline = &baseline});
  EXPECT_EQ(report->evidence["paired"]["only_candidate_right"], 2);
  EXPECT_EQ(report->evidence["paired"]["only_baseline_right"], 1);
  EXPECT_EQ(report->evidence["baseline"]["accuracy"], 0.5);
}

// Accuracies of two classifiers that differ in a few of many rows.
Evaluation Answers(std::size_t rows, std::size_t wrong_from, std::size_t wrong) {
  std::vector<std::size_t> truth(rows, 1);
  truth[0] = 0;
  std::vector<std::size_t> answers = truth;
  for (std::size_t row = wrong_from; row < wrong_from + wrong; ++row)
    answers[row] = 1 - answers[row];
  const double accuracy = 1 - static_cast<double>(wrong) / static_cast<double>(rows);
  return FakeClassification(std::move(truth), std::move(answers), {{"accuracy", accuracy}});
}

Policy Margin(double drop) {
  Policy policy;
  policy.compare["accuracy"] = {.max_loss = drop, .min_gain = std::nullopt, .level = 0.05};
  return policy;
}

TEST(BaselineComparison, AsksForEnoughRowsToShowThatTheLossIsBelowTheMargin) {
  EXPECT_EQ(Judge(Margin(0.05), Answers(52, 1, 0), Answers(52, 1, 0)), Outcome::kPass);
  const Evaluation candidate = Answers(45, 1, 0);
  const Evaluation baseline = Answers(45, 1, 0);
  const auto report = BaselineComparison().Judge(
      {.policy = Margin(0.05), .candidate = candidate, .baseline = &baseline});
  EXPECT_EQ(report->outcome, Outcome::kInconclusive);
  EXPECT_THAT(report->message, testing::HasSubstr("45 rows do not show that accuracy falls by"));
  EXPECT_THAT(report->message, testing::HasSubstr("about 52 rows like these would"));
}

TEST(BaselineComparison, FailsALossAboveTheMarginAndPassesASmallOneOnManyRows) {
  EXPECT_EQ(Judge(Margin(0.05), Answers(1000, 1, 64), Answers(1000, 1, 0)), Outcome::kFail);
  EXPECT_EQ(Judge(Margin(0.05), Answers(1000, 1, 45), Answers(1000, 1, 0)), Outcome::kInconclusive);
  EXPECT_EQ(Judge(Margin(0.05), Answers(1000, 1, 20), Answers(1000, 1, 0)), Outcome::kPass);
  EXPECT_EQ(Judge(Margin(0.05), Answers(1000, 1, 0), Answers(1000, 1, 64)), Outcome::kPass);
}

}  // namespace
}  // namespace moorage::evaluation
