#include "edge/cli/text/text.h"

#include <gtest/gtest.h>

#include "foundation/base/units.h"

namespace moorage::cli_text {
namespace {

using json::Json;

TEST(Age, IsTheLargestUnitThatFits) {
  const base::Time now = *base::ParseTime("2026-01-27T12:00:00Z");
  EXPECT_EQ(Age("2026-01-27T11:59:58Z", now), "just now");
  EXPECT_EQ(Age("2026-01-27T11:59:30Z", now), "30 s ago");
  EXPECT_EQ(Age("2026-01-27T11:57:00Z", now), "3 min ago");
  EXPECT_EQ(Age("2026-01-27T11:00:00Z", now), "1 hour ago");
  EXPECT_EQ(Age("2026-01-20T12:00:00Z", now), "7 days ago");
}

TEST(Age, LeavesWhatIsNoTimeAsItIs) { EXPECT_EQ(Age("-", {}), "-"); }

TEST(TextOf, ShowsWhatIsNotThereAsADash) {
  const Json object = {{"a", nullptr}, {"b", 0.5}, {"c", "text"}, {"d", 12}};
  EXPECT_EQ(TextOf(object, "a"), "-");
  EXPECT_EQ(TextOf(object, "missing"), "-");
  EXPECT_EQ(TextOf(object, "b"), "0.5");
  EXPECT_EQ(TextOf(object, "c"), "text");
  EXPECT_EQ(TextOf(object, "d"), "12");
}

TEST(NumberText, KeepsSignificantDigits) {
  EXPECT_EQ(NumberText(0.98601398, 6), "0.986014");
  EXPECT_EQ(NumberText(123456789, 3), "123456789");
  EXPECT_EQ(NumberText(nullptr, 3), "-");
}

TEST(ShortDigest, KeepsEnoughToTellDigestsApart) {
  EXPECT_EQ(ShortDigest("sha256:0123456789abcdef0123"), "sha256:0123456789ab…");
  EXPECT_EQ(ShortDigest("short"), "short");
}

TEST(Text, CountsThings) {
  EXPECT_EQ(Counted(0, "row"), "0 rows");
  EXPECT_EQ(Counted(1, "row"), "1 row");
  EXPECT_EQ(Counted(1434567, "row"), "1434567 rows");
}

// Text that was written into a registry must not move the cursor of a reader.
TEST(Text, HoldsNothingThatATerminalObeys) {
  EXPECT_EQ(Harmless("plain, größe, 日本\n\tline"), "plain, größe, 日本\n\tline");
  EXPECT_EQ(Harmless("a\033[2Jb"), "a\xEF\xBF\xBD[2Jb");
  EXPECT_EQ(Harmless("a\rb\x7F"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(Harmless("\xC2\x9B"
                     "2J"),
            "\xEF\xBF\xBD"
            "2J")
      << "a control sequence of one character";
  EXPECT_EQ(TextOf(json::Json{{"reason", "x\033]0;y\007"}}, "reason"),
            "x\xEF\xBF\xBD]0;y\xEF\xBF\xBD");
}

}  // namespace
}  // namespace moorage::cli_text
