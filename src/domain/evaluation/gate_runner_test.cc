#include "domain/evaluation/gate_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "domain/evaluation/gates/standard_gates.h"
#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

Evaluation Good() {
  return FakeClassification({0, 1, 1}, {0, 1, 1}, {{"accuracy", 1}, {"f1_macro", 1}},
                            {{"accuracy", 0.66}, {"f1_macro", 0.4}});
}

Policy Asking(double accuracy, std::uint64_t rows) {
  Policy policy;
  policy.metrics["accuracy"] = {.min = accuracy, .max = std::nullopt};
  policy.minimum_rows = rows;
  return policy;
}

Verdict JudgeAll(const Policy& policy, const Evaluation& candidate) {
  return RunGates(StandardGates(), {.policy = policy, .candidate = candidate});
}

TEST(GateRunner, PassesWhereEveryGatePasses) {
  const Verdict verdict = JudgeAll(Asking(0.9, 3), Good());
  EXPECT_EQ(verdict.outcome, Outcome::kPass);
  std::vector<std::string> names;
  names.reserve(verdict.gates.size());
  for (const GateReport& report : verdict.gates) names.push_back(report.gate);
  EXPECT_THAT(names, testing::ElementsAre("minimum_rows", "finite_outputs", "metric_threshold"));
}

TEST(GateRunner, LetsTheWorstOutcomeDecide) {
  const Evaluation bad = FakeClassification({0, 1, 1}, {0, 0, 0}, {{"accuracy", 0.3}});
  EXPECT_EQ(JudgeAll(Asking(0.9, 30), Good()).outcome, Outcome::kInconclusive);
  EXPECT_EQ(JudgeAll(Asking(0.9, 30), bad).outcome, Outcome::kFail);
  const Evaluation missing = FakeClassification({0, 1, 1}, {0, 0, 0}, {});
  EXPECT_EQ(JudgeAll(Asking(0.9, 30), missing).outcome, Outcome::kError);
}

TEST(GateRunner, FailsAModelWithInvalidAnswersRatherThanCallingTheQuestionBroken) {
  const Verdict verdict = JudgeAll(Asking(0.9, 1), WithInvalidRow(Good()));
  EXPECT_EQ(verdict.outcome, Outcome::kFail);
  EXPECT_EQ(verdict.gates[1].message,
            "1 of 3 answers are invalid; row 1: model_output_invalid: value is NaN");
}

TEST(GateRunner, SaysErrorWhereNoGateJudged) {
  const Evaluation candidate = Good();
  EXPECT_EQ(RunGates({}, {.policy = {}, .candidate = candidate}).outcome, Outcome::kError);
}

TEST(GateRunner, JudgesByTheDefaultPolicyWhereNoneIsGiven) {
  // Enough rows that chance does not explain them.
  std::vector<std::size_t> truth;
  for (std::size_t row = 0; row < 100; ++row) truth.push_back(row % 2);
  Evaluation candidate = FakeClassification(truth, truth, {{"accuracy", 1}, {"f1_macro", 1}},
                                            {{"accuracy", 0.5}, {"f1_macro", 0.3}});
  const Policy policy = DefaultPolicy(model::Task::kClassification);
  EXPECT_EQ(JudgeAll(policy, candidate).outcome, Outcome::kPass);
  candidate.rows = 29;
  EXPECT_EQ(JudgeAll(policy, candidate).outcome, Outcome::kInconclusive);
}

TEST(GateRunner, MapsOutcomesToExitCodes) {
  EXPECT_EQ(ExitCode(Outcome::kPass), 0);
  EXPECT_EQ(ExitCode(Outcome::kFail), 1);
  EXPECT_EQ(ExitCode(Outcome::kInconclusive), 2);
  EXPECT_EQ(ExitCode(Outcome::kError), 3);
}

}  // namespace
}  // namespace moorage::evaluation
