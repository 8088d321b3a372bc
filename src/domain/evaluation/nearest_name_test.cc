#include "domain/evaluation/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moorage::evaluation {
namespace {

const std::vector<std::string> kNames = {"accuracy", "recall_macro", "recall_micro"};

TEST(NearestName, ForgivesLettersCaseAndBlanks) {
  EXPECT_EQ(NearestName("acuracy", kNames), "accuracy");
  EXPECT_EQ(NearestName(" Accuracy ", kNames), "accuracy");
  EXPECT_EQ(NearestName("recall_mcro", kNames), "recall_macro");
}

TEST(NearestName, ProposesNothingForAStranger) {
  EXPECT_EQ(NearestName("zebra", kNames), std::nullopt);
  EXPECT_EQ(DidYouMean("zebra", kNames), "");
}

}  // namespace
}  // namespace moorage::evaluation
