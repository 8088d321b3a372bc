#include "domain/serving/servable/solo_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace moorage::servable {
namespace {

using model::DataType;
using testing::HasSubstr;
using testing::Optional;

model::Tensor Floats(const std::vector<float>& values, std::int64_t rows) {
  model::Tensor tensor{.type = DataType::kFp32,
                       .shape = {rows, static_cast<std::int64_t>(values.size()) / rows},
                       .bytes = std::vector<std::byte>(values.size() * sizeof(float)),
                       .strings = {}};
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

class Answers : public testing::Test {
 protected:
  std::optional<std::string> Compare(const model::Tensor& alone, const model::Tensor& together,
                                     std::size_t at, std::size_t count) {
    const model::TensorView one[] = {alone.view()};
    const model::TensorView many[] = {together.view()};
    solo_ = std::make_unique<SoloAnswers>(signature_);
    solo_->Add(0, one);
    return solo_->Compare(0, many, at, count);
  }

  const model::Signature signature_{{}, {{.name = "y", .type = DataType::kFp32, .shape = {-1, 2}}}};
  std::unique_ptr<SoloAnswers> solo_;
};

TEST_F(Answers, AreComparedWithTheirOwnRowOfTheBatch) {
  const model::Tensor together = Floats({1, 2, 3, 4, 5, 6}, 3);
  EXPECT_EQ(Compare(Floats({3, 4}, 1), together, 1, 3), std::nullopt);
  EXPECT_TRUE(solo_->exact());
  EXPECT_THAT(Compare(Floats({3, 4}, 1), together, 2, 3),
              Optional(HasSubstr("output 'y' differs by 2")));
}

TEST_F(Answers, MayDifferInTheirLastBitsOfTheLargestValueOfTheRow) {
  EXPECT_EQ(Compare(Floats({0.001F, 100}, 1), Floats({0.0015F, 100}, 1), 0, 1), std::nullopt);
  EXPECT_FALSE(solo_->exact());
  EXPECT_NEAR(solo_->worst(), 0.0005, 1e-6);
  EXPECT_TRUE(Compare(Floats({0.001F, 1}, 1), Floats({0.0015F, 1}, 1), 0, 1).has_value());
}

TEST_F(Answers, ThatAreNotFiniteMustBeTheSame) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Compare(Floats({nan, infinite}, 1), Floats({nan, infinite}, 1), 0, 1), std::nullopt);
  EXPECT_FALSE(solo_->finite());
  EXPECT_TRUE(Compare(Floats({nan, 1}, 1), Floats({2, 1}, 1), 0, 1).has_value());
  EXPECT_TRUE(Compare(Floats({infinite, 1}, 1), Floats({-infinite, 1}, 1), 0, 1).has_value());
}

TEST_F(Answers, OfIntegersAndTextsMustBeEqual) {
  const auto labels = [](const std::vector<std::string>& texts) {
    return model::Tensor{.type = DataType::kBytes,
                         .shape = {static_cast<std::int64_t>(texts.size())},
                         .bytes = {},
                         .strings = texts};
  };
  EXPECT_EQ(Compare(labels({"b"}), labels({"a", "b"}), 1, 2), std::nullopt);
  EXPECT_THAT(Compare(labels({"a"}), labels({"a", "b"}), 1, 2),
              Optional(std::string("output 'y' differs")));
  EXPECT_EQ(ToleranceOf(DataType::kInt64).relative, 0);
}

TEST_F(Answers, OfAnotherShapeDiffer) {
  EXPECT_THAT(Compare(Floats({1, 2}, 1), Floats({1, 2, 3, 4}, 1), 0, 2),
              Optional(HasSubstr("has shape [1,4] for 2 rows")));
}

TEST_F(Answers, KnowTheRangeOfFiniteRows) {
  SoloAnswers solo(signature_);
  for (const auto& values : {std::vector<float>{1, 4}, std::vector<float>{-2, 3},
                             std::vector<float>{std::nanf(""), 90}}) {
    const model::Tensor row = Floats(values, 1);
    const model::TensorView views[] = {row.view()};
    solo.Add(solo.rows().size(), views);
  }
  ASSERT_EQ(solo.Ranges().size(), 1U);
  EXPECT_EQ(
      solo.Ranges()[0],
      (OutputRange{.name = "y", .lowest = -2, .highest = 4, .lowest_sum = 1, .highest_sum = 5}));
  EXPECT_FALSE(solo.finite());
  EXPECT_EQ(solo.bytes_per_row(), 8U);
}

}  // namespace
}  // namespace moorage::servable
