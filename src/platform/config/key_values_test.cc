#include "platform/config/key_values.h"

#include <gtest/gtest.h>

namespace moorage::config {
namespace {

using json::Json;

TEST(KeyValues, ACountIsAWholeNumberWithinItsBounds) {
  std::uint32_t field = 5;
  for (const Json& bad : {Json(0), Json(11), Json(-1), Json(1.5), Json("7"), Json(true),
                          Json(UINT64_MAX), Json(nullptr)}) {
    EXPECT_FALSE(SetCount(field, bad, 1, 10)) << bad;
    EXPECT_EQ(field, 5U) << bad;
  }
  EXPECT_TRUE(SetCount(field, 10, 1, 10));
  EXPECT_EQ(field, 10U);
}

TEST(KeyValues, BytesAreANumberOrATextWithAUnit) {
  std::uint64_t field = 5;
  EXPECT_TRUE(SetBytes(field, "2KiB", 0, kMiB));
  EXPECT_EQ(field, 2048U);
  EXPECT_TRUE(SetBytes(field, 512, 0, kMiB));
  EXPECT_EQ(field, 512U);
  for (const Json& bad : {Json("2 horses"), Json(-1), Json(2 * kMiB), Json(1.5)}) {
    EXPECT_FALSE(SetBytes(field, bad, 0, kMiB)) << bad;
  }
  EXPECT_EQ(field, 512U);
}

TEST(KeyValues, ADurationIsATextWithAUnit) {
  base::Duration field{};
  EXPECT_TRUE(SetDuration(field, "10ms", kMillisecond, kHour));
  EXPECT_EQ(field, std::chrono::milliseconds(10));
  for (const Json& bad : {Json(10), Json("10"), Json("2h"), Json("1us")}) {
    EXPECT_FALSE(SetDuration(field, bad, kMillisecond, kHour)) << bad;
  }
}

TEST(KeyValues, APathHasNoZeroByte) {
  std::string field = "before";
  EXPECT_FALSE(SetPath(field, std::string("a\0b", 3)));
  EXPECT_FALSE(SetLocation(field, std::string("file:a\0b", 8), "file:"));
  EXPECT_FALSE(SetPath(field, "~/logs/moorage.log"));
  EXPECT_FALSE(SetLocation(field, "file:~/blobs", "file:"));
  EXPECT_FALSE(SetLocation(field, "sqlite:~ada/moorage.db", "sqlite:"));
  EXPECT_EQ(field, "before");
  EXPECT_TRUE(SetLocation(field, "file:./~/blobs", "file:"));
  EXPECT_TRUE(SetPath(field, "logs/a~b"));
}

TEST(KeyValues, AWordReadsBackFromItsMeaning) {
  constexpr Words<int, 2> kWords = {{{"one", 1}, {"two", 2}}};
  int field = 0;
  EXPECT_TRUE(SetWord(field, "two", kWords));
  EXPECT_EQ(GetWord(field, kWords), "two");
  EXPECT_FALSE(SetWord(field, "three", kWords));
  EXPECT_EQ(field, 2);
}

}  // namespace
}  // namespace moorage::config
