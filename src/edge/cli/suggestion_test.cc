#include "edge/cli/suggestion.h"

#include <gtest/gtest.h>

namespace moorage::cli {
namespace {

const std::vector<std::string> kWords = {"models", "promote", "predict", "--target"};

TEST(NearestWord, ForgivesSlipsOfTheFingers) {
  EXPECT_EQ(NearestWord("modles", kWords), "models");
  EXPECT_EQ(NearestWord("promot", kWords), "promote");
  EXPECT_EQ(NearestWord("--taget", kWords), "--target");
}

TEST(NearestWord, SuggestsNothingForAnotherWord) {
  EXPECT_EQ(NearestWord("kubernetes", kWords), "");
  EXPECT_EQ(NearestWord("", kWords), "");
  EXPECT_EQ(NearestWord(std::string(1000, 'm'), kWords), "");
}

}  // namespace
}  // namespace moorage::cli
