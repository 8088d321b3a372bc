#include "edge/cli/text.h"

#include <gtest/gtest.h>

#include "foundation/base/units.h"

namespace moorage::cli {
namespace {

using model::Json;

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

TEST(VersionPath, TakesAVersionOrAnAlias) {
  EXPECT_EQ(VersionPath(*model::ParseModelRef("cancer")),
            "/api/v1/models/cancer/versions/production");
  EXPECT_EQ(VersionPath(*model::ParseModelRef("cancer@v1.2.0")),
            "/api/v1/models/cancer/versions/1.2.0");
}

TEST(ShortDigest, KeepsEnoughToTellDigestsApart) {
  EXPECT_EQ(ShortDigest("sha256:0123456789abcdef0123"), "sha256:0123456789ab…");
  EXPECT_EQ(ShortDigest("short"), "short");
}

}  // namespace
}  // namespace moorage::cli
