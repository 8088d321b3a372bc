#include "domain/evaluation/gates/finite_outputs.h"

#include <gtest/gtest.h>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

TEST(FiniteOutputs, JudgesWhateverThePolicyAsksFor) {
  const Evaluation candidate = FakeRegression({1, 2, 3}, {});
  const auto report = FiniteOutputs().Judge({.policy = {}, .candidate = candidate});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->outcome, Outcome::kPass);
  EXPECT_EQ(report->message, "all 3 answers are valid");
  EXPECT_EQ(report->evidence, json::Json::parse(R"({"rows": 3, "invalid_rows": 0})"));
}

TEST(FiniteOutputs, FailsForOneInvalidAnswerAndNamesItsRow) {
  Evaluation candidate = FakeRegression({1, 2, 3}, {});
  candidate.invalid_rows = 2;
  candidate.invalid = {{2, "value is NaN"}, {3, "value is an infinity"}};
  const auto report = FiniteOutputs().Judge({.policy = {}, .candidate = candidate});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->outcome, Outcome::kFail);
  EXPECT_EQ(report->message, "2 of 3 answers are invalid; row 2: value is NaN");
  EXPECT_EQ(report->evidence["invalid"], json::Json::parse(R"([
      {"row": 2, "problem": "value is NaN"}, {"row": 3, "problem": "value is an infinity"}])"));
}

}  // namespace
}  // namespace moorage::evaluation
