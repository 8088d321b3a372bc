#include "domain/evaluation/label_encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moorage::evaluation {
namespace {

using testing::ElementsAre;

TEST(SortedUnion, HasEachLabelOnceIntegersByValueStringsByCodePoint) {
  EXPECT_THAT(
      SortedUnion(std::vector<std::int64_t>{10, 9, -1, 9}, std::vector<std::int64_t>{2, 10}),
      ElementsAre(-1, 2, 9, 10));
  EXPECT_THAT(SortedUnion(std::vector<std::string>{"b", "10", "\u00e9"},
                          std::vector<std::string>{"Z", "b", "9"}),
              ElementsAre("10", "9", "Z", "b", "\u00e9"));
}

TEST(LabelEncoding, NumbersTheClassesInTheModelsOrder) {
  const auto integers = LabelEncoding::Make(std::vector<std::int64_t>{5, -2});
  ASSERT_TRUE(integers.ok()) << integers.error().message;
  EXPECT_EQ(integers->classes(), 2U);
  EXPECT_EQ(integers->Find(std::int64_t{-2}), 1U);
  EXPECT_EQ(integers->text(1), "-2");
  EXPECT_EQ(integers->Find(std::int64_t{2}), std::nullopt);
  EXPECT_EQ(integers->Find("5"), std::nullopt) << "a text is no integer label";
  const auto strings = LabelEncoding::Make(std::vector<std::string>{"no", "yes"});
  EXPECT_EQ(strings->Find("yes"), 1U);
  EXPECT_EQ(strings->Find("Yes"), std::nullopt);
  EXPECT_EQ(strings->Find(std::int64_t{1}), std::nullopt);
}

TEST(LabelEncoding, ReadsIntegerLabelsAsNumbersAndStringLabelsAsText) {
  const auto integers = LabelEncoding::Make(std::vector<std::int64_t>{1, -3, 10});
  EXPECT_EQ(integers->FindText("1"), 0u);
  EXPECT_EQ(integers->FindText("1.0"), 0u);
  EXPECT_EQ(integers->FindText("1e1"), 2u);
  EXPECT_EQ(integers->FindText("-3.0"), 1u);
  for (const char* other : {"", "1.5", "2", "one", "1 ", "nan", "inf", "1e300"}) {
    EXPECT_EQ(integers->FindText(other), std::nullopt) << other;
  }
  const auto strings = LabelEncoding::Make(std::vector<std::string>{"1", "yes"});
  EXPECT_EQ(strings->FindText("1"), 0u);
  EXPECT_EQ(strings->FindText("1.0"), std::nullopt);
  EXPECT_EQ(strings->FindText("yes"), 1u);
}

TEST(LabelEncoding, TakesTheGreatestLabelByValueNotByPosition) {
  EXPECT_EQ(LabelEncoding::Make(std::vector<std::int64_t>{10, 9})->Greatest(), 0u);
  EXPECT_EQ(LabelEncoding::Make(std::vector<std::string>{"no", "yes", "Z"})->Greatest(), 1u);
}

TEST(LabelEncoding, RefusesALabelThatIsThereTwice) {
  EXPECT_FALSE(LabelEncoding::Make(std::vector<std::string>{"a", "b", "a"}).ok());
}

TEST(LabelEncoding, ListsAtMostTwentyLabels) {
  EXPECT_EQ(LabelEncoding::Make(std::vector<std::int64_t>{2, 0, 1})->Listing(), "2, 0, 1");
  std::vector<std::int64_t> many(25);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i);
  EXPECT_EQ(LabelEncoding::Make(many)->Listing(),
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...");
}

}  // namespace
}  // namespace moorage::evaluation
