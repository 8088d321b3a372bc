#include "edge/cli/push_options.h"

#include <gtest/gtest.h>

namespace moorage::cli {
namespace {

using json::Json;

TEST(LabelList, IsOfIntegersIfAllAre) {
  EXPECT_EQ(LabelList("0, 1,-2"), Json::parse("[0, 1, -2]"));
  EXPECT_EQ(LabelList("0,one"), Json::parse(R"(["0", "one"])"));
}

TEST(SplitNames, SkipsBlanksAndEmptyLines) {
  EXPECT_EQ(SplitNames("mean radius\r\n\n area \n", '\n'),
            (std::vector<std::string>{"mean radius", "area"}));
}

TEST(ParsePair, SplitsAtTheFirstEqualsSign) {
  const auto pair = ParsePair("--tag", "query=a=b");
  ASSERT_TRUE(pair.ok());
  EXPECT_EQ(pair->key, "query");
  EXPECT_EQ(pair->value, "a=b");
}

TEST(ParsePair, SaysWhichOptionIsWrong) {
  const auto pair = ParsePair("--metric", "accuracy");
  ASSERT_FALSE(pair.ok());
  EXPECT_EQ(pair.error().message, "--metric 'accuracy': expected key=value");
  EXPECT_FALSE(ParsePair("--metric", "=1").ok());
}

}  // namespace
}  // namespace moorage::cli
