#include "domain/evaluation/confusion_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace moorage::evaluation {
namespace {

TEST(ConfusionMatrix, CountsWhatIsTrueByRowAndWhatIsPredictedByColumn) {
  const std::vector<std::size_t> y_true{0, 0, 1, 2, 2, 2};
  const std::vector<std::size_t> y_pred{0, 1, 1, 2, 0, 2};
  const auto matrix = ConfusionMatrix::Count(y_true, y_pred, 4);
  ASSERT_TRUE(matrix.ok()) << matrix.error().message;
  const std::uint64_t expected[4][4] = {{1, 1, 0, 0}, {0, 1, 0, 0}, {1, 0, 2, 0}, {0, 0, 0, 0}};
  const std::uint64_t support[4] = {2, 1, 3, 0};
  const std::uint64_t predicted[4] = {2, 2, 2, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) EXPECT_EQ(matrix->at(i, j), expected[i][j]) << i << j;
    EXPECT_EQ(matrix->support(i), support[i]) << i;
    EXPECT_EQ(matrix->predicted(i), predicted[i]) << i;
  }
  EXPECT_EQ(matrix->classes(), 4U);
  EXPECT_EQ(matrix->total(), 6U);
  EXPECT_EQ(matrix->correct(), 4U);
  EXPECT_THAT(matrix->occurring(), testing::ElementsAre(0, 1, 2)) << "class 3 never occurs";
}

TEST(ConfusionMatrix, AClassThatIsOnlyPredictedOccurs) {
  const std::vector<std::size_t> y_true{1, 1};
  const std::vector<std::size_t> y_pred{1, 3};
  EXPECT_THAT(ConfusionMatrix::Count(y_true, y_pred, 4)->occurring(), testing::ElementsAre(1, 3));
}

TEST(ConfusionMatrix, CountsTheSameWhereOnlyWhatOccursIsHeld) {
  // Squared, so many classes would take 8 TB.
  constexpr std::size_t kClasses = 1'000'000;
  const std::vector<std::size_t> y_true{7, 7, 0, kClasses - 1};
  const std::vector<std::size_t> y_pred{7, 9, 0, 0};
  const auto matrix = ConfusionMatrix::Count(y_true, y_pred, kClasses / 1000);
  EXPECT_FALSE(matrix.ok());
  const auto large = ConfusionMatrix::Count(y_true, y_pred, kClasses);
  ASSERT_TRUE(large.ok()) << large.error().message;
  EXPECT_EQ(large->at(7, 7), 1U);
  EXPECT_EQ(large->at(7, 9), 1U);
  EXPECT_EQ(large->at(9, 7), 0U);
  EXPECT_EQ(large->at(kClasses - 1, 0), 1U);
  EXPECT_EQ(large->correct(), 2U);
  EXPECT_EQ(large->support(7), 2U);
  EXPECT_THAT(large->occurring(), testing::ElementsAre(0, 7, 9, kClasses - 1));
}

TEST(ConfusionMatrix, RefusesRowsThatDoNotPairUp) {
  const std::vector<std::size_t> one{0};
  const std::vector<std::size_t> two{0, 1};
  EXPECT_EQ(ConfusionMatrix::Count(one, two, 2).error().code, base::Code::kInvalid);
  EXPECT_EQ(ConfusionMatrix::Count(two, two, 1).error().code, base::Code::kInvalid);
  EXPECT_EQ(ConfusionMatrix::Count({}, {}, 2).error().code, base::Code::kInvalid);
}

}  // namespace
}  // namespace moorage::evaluation
