#include "edge/api/trace_headers.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

TEST(RequestId, IsOneToAHundredTwentyEightVisibleCharacters) {
  EXPECT_TRUE(IsRequestId("a"));
  EXPECT_TRUE(IsRequestId(std::string(128, '~')));
  EXPECT_FALSE(IsRequestId(""));
  EXPECT_FALSE(IsRequestId(std::string(129, 'a')));
  EXPECT_FALSE(IsRequestId("a b"));
  EXPECT_FALSE(IsRequestId("a\x7f"));
  EXPECT_FALSE(IsRequestId("\xc3\xa9"));
}

TEST(TraceParent, FollowsTheRecommendation) {
  const std::string ids = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
  EXPECT_TRUE(IsTraceParent("00" + ids + "01"));
  EXPECT_TRUE(IsTraceParent("cc" + ids + "01"));
  EXPECT_TRUE(IsTraceParent("cc" + ids + "01-what-the-future-brings"));
  EXPECT_FALSE(IsTraceParent("cc" + ids + "01.what"));
  EXPECT_FALSE(IsTraceParent("00" + ids + "01-more"));
  EXPECT_FALSE(IsTraceParent("ff" + ids + "01"));
  EXPECT_FALSE(IsTraceParent("00" + ids + "0"));
  EXPECT_FALSE(IsTraceParent("00" + ids + "0g"));
  EXPECT_FALSE(IsTraceParent("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceParent("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"));
  EXPECT_FALSE(IsTraceParent(""));
}

}  // namespace
}  // namespace moorage::api
