#include "foundation/model/semver.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace moorage::model {
namespace {

// The strings that the specification's own regular expression is tested with (linked from
// semver.org).
constexpr const char* kValid[] = {
    "0.0.4",
    "1.2.3",
    "10.20.30",
    "1.1.2-prerelease+meta",
    "1.1.2+meta",
    "1.1.2+meta-valid",
    "1.0.0-alpha",
    "1.0.0-beta",
    "1.0.0-alpha.beta",
    "1.0.0-alpha.beta.1",
    "1.0.0-alpha.1",
    "1.0.0-alpha0.valid",
    "1.0.0-alpha.0valid",
    "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
    "1.0.0-rc.1+build.1",
    "2.0.0-rc.1+build.123",
    "1.2.3-beta",
    "10.2.3-DEV-SNAPSHOT",
    "1.2.3-SNAPSHOT-123",
    "1.0.0",
    "2.0.0",
    "1.1.7",
    "2.0.0+build.1848",
    "2.0.1-alpha.1227",
    "1.0.0-alpha+beta",
    "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
    "1.2.3----R-S.12.9.1--.12+meta",
    "1.2.3----RC-SNAPSHOT.12.9.1--.12",
    "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
    "99999999999999999999999.999999999999999999.99999999999999999",
    "1.0.0-0A.is.legal",
};

constexpr const char* kInvalid[] = {
    "1",
    "1.2",
    "1.2.3-0123",
    "1.2.3-0123.0123",
    "1.1.2+.123",
    "+invalid",
    "-invalid",
    "-invalid+invalid",
    "-invalid.01",
    "alpha",
    "alpha.beta",
    "alpha.beta.1",
    "alpha.1",
    "alpha+beta",
    "alpha_beta",
    "alpha.",
    "alpha..",
    "beta",
    "1.0.0-alpha_beta",
    "-alpha.",
    "1.0.0-alpha..",
    "1.0.0-alpha..1",
    "1.0.0-alpha...1",
    "1.0.0-alpha....1",
    "1.0.0-alpha.....1",
    "1.0.0-alpha......1",
    "1.0.0-alpha.......1",
    "01.1.1",
    "1.01.1",
    "1.1.01",
    "1.2",
    "1.2.3.DEV",
    "1.2-SNAPSHOT",
    "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
    "1.2-RC-SNAPSHOT",
    "-1.0.3-gamma+b7718",
    "+justmeta",
    "9.8.7+meta+meta",
    "9.8.7-whatever+meta+meta",
    ("99999999999999999999999.999999999999999999.99999999999999999----RC-SNAPSHOT.12.09.1"
     "--------------------------------..12"),
};
static_assert(std::size(kValid) == 31 && std::size(kInvalid) == 40);

SemVer V(std::string_view text) {
  auto version = SemVer::Parse(text);
  EXPECT_TRUE(version.ok()) << text;
  return *std::move(version);
}

TEST(SemVer, TakesEveryValidStringOfTheOfficialCorpus) {
  for (const char* text : kValid) {
    const auto version = SemVer::Parse(text);
    ASSERT_TRUE(version.ok()) << text << ": " << version.error().message;
    EXPECT_EQ(version->text(), text);
    std::string joined = std::string(version->major()) + "." + std::string(version->minor()) + "." +
                         std::string(version->patch());
    if (version->is_prerelease()) joined += "-" + std::string(version->prerelease());
    if (!version->build().empty()) joined += "+" + std::string(version->build());
    EXPECT_EQ(joined, text);
  }
}

TEST(SemVer, RefusesEveryInvalidStringOfTheOfficialCorpus) {
  for (const char* text : kInvalid) {
    const auto version = SemVer::Parse(text);
    EXPECT_FALSE(version.ok()) << text;
  }
}

TEST(SemVer, RefusesWhatRegularExpressionsAndTagsLetThrough) {
  for (const std::string& text :
       {std::string("1.2.3\n"), std::string("\n1.2.3"), std::string("1.2.3 "),
        std::string(" 1.2.3"), std::string("v1.2.3"), std::string("1.2.3-"), std::string("1.2.3+"),
        std::string("1.2.3-+b"), std::string("1.2.3-a."), std::string("1..3"), std::string(".2.3"),
        std::string("1.2."), std::string("\xd9\xa1.2.3"), std::string("1.2.3\0", 6),
        std::string("+1.2.3"), std::string("1.2.3-\xc3\xa4"), std::string()}) {
    EXPECT_FALSE(SemVer::Parse(text).ok()) << text;
  }
}

TEST(SemVer, SaysWhatIsWrong) {
  EXPECT_EQ(
      SemVer::Parse("1.2").error().message,
      "version '1.2' is not a semantic version: major, minor and patch must be numbers, as in "
      "1.2.3");
  EXPECT_EQ(SemVer::Parse("01.1.1").error().message,
            "version '01.1.1' is not a semantic version: a number has a leading zero");
  EXPECT_EQ(SemVer::Parse("v1.2.3").error().message,
            "version 'v1.2.3' is not a semantic version: the leading 'v' does not belong to it");
  EXPECT_EQ(SemVer::Parse("1.2.3-01").error().message,
            "version '1.2.3-01' is not a semantic version: a numeric pre-release identifier has a "
            "leading zero");
}

TEST(SemVer, TakesUpTo255Characters) {
  const std::string longest = "1.0.0-" + std::string(249, 'a');
  EXPECT_TRUE(SemVer::Parse(longest).ok());
  EXPECT_EQ(SemVer::Parse(longest)->prerelease().size(), 249U);
  EXPECT_FALSE(SemVer::Parse(longest + "a").ok());
}

TEST(SemVer, FollowsThePrecedenceChainOfTheSpecification) {
  const std::vector<std::string> chain = {"0.0.0-0",
                                          "0.0.0",
                                          "0.9.0",
                                          "1.0.0-0",
                                          "1.0.0-2",
                                          "1.0.0-11",
                                          "1.0.0--",
                                          "1.0.0-A",
                                          "1.0.0-alpha",
                                          "1.0.0-alpha.1",
                                          "1.0.0-alpha.beta",
                                          "1.0.0-beta",
                                          "1.0.0-beta.2",
                                          "1.0.0-beta.11",
                                          "1.0.0-rc.1",
                                          "1.0.0",
                                          "2.0.0",
                                          "2.1.0",
                                          "2.1.1",
                                          "2.9.0",
                                          "2.10.0",
                                          "10.0.0"};
  for (std::size_t i = 0; i < chain.size(); ++i) {
    for (std::size_t j = 0; j < chain.size(); ++j) {
      EXPECT_EQ(V(chain[i]) < V(chain[j]), i < j) << chain[i] << " < " << chain[j];
      EXPECT_EQ(V(chain[i]) > V(chain[j]), i > j) << chain[i] << " > " << chain[j];
    }
  }
}

TEST(SemVer, OrdersNumericIdentifiersByValueNotByText) {
  EXPECT_LT(V("1.0.0-9"), V("1.0.0-10"));
  EXPECT_LT(V("1.0.0-99999999999999999999"), V("1.0.0-100000000000000000000"));
  EXPECT_LT(V("18446744073709551615.0.0"), V("18446744073709551616.0.0"));
  EXPECT_LT(V("1.0.0-a.b"), V("1.0.0-a.b.0"));
}

TEST(SemVer, IgnoresBuildMetadataInPrecedenceButNotInEquality) {
  EXPECT_TRUE((V("1.0.0+a") <=> V("1.0.0+b")) == 0);
  EXPECT_TRUE((V("1.0.0") <=> V("1.0.0+b")) == 0);
  EXPECT_FALSE((V("1.0.0") <=> V("1.0.0-b")) == 0);
  EXPECT_FALSE(V("1.0.0+a") == V("1.0.0+b"));
  EXPECT_TRUE(V("1.0.0+a") == V("1.0.0+a"));
}

TEST(SemVer, BumpsToTheLeastReleaseThatComesAfter) {
  struct Row {
    const char *from, *major, *minor, *patch;
  };
  for (const Row& row : {
           Row{"1.2.3", "2.0.0", "1.3.0", "1.2.4"},
           Row{"0.0.0", "1.0.0", "0.1.0", "0.0.1"},
           Row{"1.2.3+build", "2.0.0", "1.3.0", "1.2.4"},
           Row{"1.2.3-rc.1", "2.0.0", "1.3.0", "1.2.3"},
           Row{"1.2.0-rc.1+b", "2.0.0", "1.2.0", "1.2.0"},
           Row{"2.0.0-rc.1", "2.0.0", "2.0.0", "2.0.0"},
           Row{"9.9.9", "10.0.0", "9.10.0", "9.9.10"},
           Row{"99999999999999999999.0.0", "100000000000000000000.0.0", "99999999999999999999.1.0",
               "99999999999999999999.0.1"},
           Row{"1.0.18446744073709551615", "2.0.0", "1.1.0", "1.0.18446744073709551616"},
       }) {
    const SemVer from = V(row.from);
    EXPECT_EQ(from.NextMajor(), V(row.major)) << row.from;
    EXPECT_EQ(from.NextMinor(), V(row.minor)) << row.from;
    EXPECT_EQ(from.NextPatch(), V(row.patch)) << row.from;
    for (const SemVer& next : {from.NextMajor(), from.NextMinor(), from.NextPatch()}) {
      EXPECT_LT(from, next);
      EXPECT_EQ(std::string(next.major()) + "." + std::string(next.minor()) + "." +
                    std::string(next.patch()),
                next.text());
      EXPECT_FALSE(next.is_prerelease());
      EXPECT_TRUE(next.build().empty());
    }
  }
}

}  // namespace
}  // namespace moorage::model
