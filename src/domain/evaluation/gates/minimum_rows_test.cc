#include "domain/evaluation/gates/minimum_rows.h"

#include <gtest/gtest.h>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

TEST(MinimumRows, IsInconclusiveBelowTheMinimumAndPassesFromIt) {
  Policy policy;
  policy.minimum_rows = 3;
  const Evaluation two = FakeRegression({1, 2}, {});
  const Evaluation three = FakeRegression({1, 2, 3}, {});
  const auto few = MinimumRows().Judge({.policy = policy, .candidate = two});
  EXPECT_EQ(few->outcome, Outcome::kInconclusive);
  EXPECT_EQ(few->message, "2 rows, at least 3 are needed to decide");
  EXPECT_EQ(MinimumRows().Judge({.policy = policy, .candidate = three})->outcome, Outcome::kPass);
}

TEST(MinimumRows, IsSilentWithoutAMinimum) {
  const Evaluation two = FakeRegression({1, 2}, {});
  EXPECT_FALSE(MinimumRows().Judge({.policy = {}, .candidate = two}));
}

}  // namespace
}  // namespace moorage::evaluation
