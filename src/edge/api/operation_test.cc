#include "edge/api/operation.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

TEST(PathParameters, AreFoundByTheirWholeName) {
  const PathParameters path{.entries = {{"name", "cancer"}, {"version", "1.2.0"}}, .count = 2};
  EXPECT_EQ(path.Get("name"), "cancer");
  EXPECT_EQ(path.Get("version"), "1.2.0");
  EXPECT_EQ(path.Get("nam"), "");
  EXPECT_EQ(path.Get("selector"), "");
}

TEST(PathParameters, ThatAreNotCountedAreNotThere) {
  const PathParameters path{.entries = {{"name", "cancer"}, {"version", "1.2.0"}}, .count = 1};
  EXPECT_EQ(path.Get("name"), "cancer");
  EXPECT_EQ(path.Get("version"), "");
  EXPECT_EQ(PathParameters{}.Get(""), "");
}

}  // namespace
}  // namespace moorage::api
