#include "domain/evaluation/chance.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "domain/evaluation/testing/fake_evaluation.h"

namespace moorage::evaluation {
namespace {

// The same coins on every machine.
class Coins {
 public:
  explicit Coins(std::uint64_t seed) : state_(seed * 2654435761U + 12345) {}
  std::size_t Toss(std::size_t sides) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % sides;
  }

 private:
  std::uint64_t state_;
};

Evaluation Random(std::uint64_t seed, std::size_t rows, std::size_t classes) {
  Coins coins(seed);
  std::vector<std::size_t> truth(rows);
  std::vector<std::size_t> answers(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    truth[row] = row % classes;
    answers[row] = coins.Toss(classes);
  }
  Evaluation evaluation = FakeClassification(std::move(truth), std::move(answers), {});
  std::vector<std::int64_t> labels;
  for (std::size_t i = 0; i < classes; ++i) labels.push_back(static_cast<std::int64_t>(i));
  evaluation.classification.labels = labels;
  return evaluation;
}

// A model that answers at random is below the level in at most about that share of the data sets.
TEST(ChanceOf, IsBelowTheLevelForFewModelsThatAnswerAtRandom) {
  for (const char* metric :
       {"accuracy", "f1_macro", "balanced_accuracy", "precision_macro", "f1[1]", "recall_binary"}) {
    int below = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      if (ChanceOf(Random(seed, 100, 2), metric, 0.05)->p <= 0.05) ++below;
    }
    EXPECT_LE(below, 11) << metric;  // binomial over 100 with 0.05, above in 1 of 200 cases
  }
}

TEST(ChanceOf, IsSmallForAModelThatIsOftenRight) {
  Evaluation evaluation = Random(7, 90, 3);
  for (std::size_t row = 0; row < 60; ++row) {
    evaluation.classification.y_pred[row] = evaluation.classification.y_true[row];
  }
  for (const char* metric : {"accuracy", "f1_macro", "f1_weighted", "precision_weighted",
                             "recall_macro", "recall_weighted", "f1[2]", "f1_micro"}) {
    EXPECT_LE(ChanceOf(evaluation, metric, 0.05)->p, 0.01) << metric;
  }
}

TEST(ChanceOf, AnswersTheSameEachTime) {
  const Evaluation evaluation = Random(3, 50, 2);
  EXPECT_EQ(ChanceOf(evaluation, "f1_macro", 0.05)->p, ChanceOf(evaluation, "f1_macro", 0.05)->p);
}

TEST(ChanceOf, JudgesARegressionByTheOrderOfItsAnswers) {
  std::vector<double> truth;
  for (int i = 0; i < 40; ++i) truth.push_back(1000 + i);
  Evaluation good = FakeRegression(truth, {});
  Evaluation constant = good;
  constant.regression.y_pred.assign(40, 1019.5);
  for (const char* metric : {"r2", "mse", "rmse", "mae", "mape"}) {
    EXPECT_LE(ChanceOf(good, metric, 0.05)->p, 0.01) << metric;
    EXPECT_EQ(ChanceOf(constant, metric, 0.05)->p, 1) << metric;
  }
}

TEST(ChanceOf, HasNothingForWhatItCannotTest) {
  const Evaluation evaluation = Random(1, 10, 2);
  EXPECT_FALSE(ChanceOf(evaluation, "log_loss", 0.05));
  EXPECT_FALSE(ChanceOf(evaluation, "r2", 0.05));
  EXPECT_FALSE(ChanceOf(evaluation, "nonsense", 0.05));
}

}  // namespace
}  // namespace moorage::evaluation
