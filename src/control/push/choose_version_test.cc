#include "control/push/choose_version.h"

#include <gtest/gtest.h>

namespace moorage::control {
namespace {

using contract::Bump;

model::SemVer Version(const char* text) {
  auto version = model::SemVer::Parse(text);
  EXPECT_TRUE(version.ok()) << text;
  return *std::move(version);
}

std::vector<registry::ModelVersion> Versions(std::initializer_list<const char*> texts) {
  std::vector<registry::ModelVersion> versions;
  for (const char* text : texts) {
    versions.push_back({.name = model::ModelName("m"),
                        .version = Version(text),
                        .artifact = {},
                        .size = 0,
                        .created = {},
                        .actor = {},
                        .checks = {},
                        .aliases = {}});
  }
  return versions;
}

struct Row {
  const char* base;
  VersionWish wish;
  Bump change;
  const char* answer;  // a version, or what the refusal ends with
};

TEST(ChooseVersion, PromisesNoLessThanWhatChanged) {
  const std::vector<Row> rows = {
      {nullptr, LeastLegal{}, Bump::kMajor, "1.0.0"},
      {nullptr, Bump::kPatch, Bump::kMajor, "1.0.0"},
      {nullptr, Version("0.3.0-rc.1"), Bump::kMajor, "0.3.0-rc.1"},
      {"1.2.3", LeastLegal{}, Bump::kPatch, "1.2.4"},
      {"1.2.3", LeastLegal{}, Bump::kMinor, "1.3.0"},
      {"1.2.3", LeastLegal{}, Bump::kMajor, "2.0.0"},
      {"0.2.3", LeastLegal{}, Bump::kMajor, "0.3.0"},
      {"0.2.3", Bump::kPatch, Bump::kMajor, "0.2.4"},
      {"2.0.0-rc.1", LeastLegal{}, Bump::kPatch, "2.0.0"},
      {"1.2.3", Bump::kMajor, Bump::kPatch, "2.0.0"},
      {"1.2.3", Bump::kPatch, Bump::kMinor, "the least version is 1.3.0"},
      {"1.2.3", Version("1.2.4"), Bump::kPatch, "1.2.4"},
      {"1.2.3", Version("5.0.0"), Bump::kMinor, "5.0.0"},
      {"1.2.3", Version("1.3.0"), Bump::kMajor, "the least version is 2.0.0"},
      {"1.2.3", Version("2.0.0-rc.1"), Bump::kMajor, "2.0.0-rc.1"},
  };
  for (const Row& row : rows) {
    std::optional<model::SemVer> base;
    if (row.base != nullptr) base = Version(row.base);
    std::vector<contract::ContractChange> changes;
    if (row.change != Bump::kPatch) changes.push_back({row.change, "something"});
    const auto chosen = ChooseVersion(row.wish, base ? &*base : nullptr, changes, Registered::kNo);
    const std::string answer = chosen.ok() ? chosen->version.text() : chosen.error().message;
    EXPECT_TRUE(answer.ends_with(row.answer)) << answer << " instead of " << row.answer;
    if (!chosen.ok()) {
      EXPECT_EQ(chosen.error().code, base::Code::kConflict);
    }
  }
}

TEST(ChooseVersion, AVersionThatIsRegisteredWasJudgedWhenItCame) {
  const model::SemVer base = Version("1.0.0");
  EXPECT_TRUE(ChooseVersion(Version("1.0.1"), &base, {{Bump::kMajor, "x"}}, Registered::kYes).ok());
}

TEST(CheckFollower, AsksTheNumberAboveToAnnounceWhatChangesThere) {
  const std::vector<contract::ContractChange> removed = {{Bump::kMajor, "output 'y': removed"}};
  const auto refused = CheckFollower(Version("1.1.0"), Version("1.2.0"), removed);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::kConflict);
  EXPECT_EQ(refused.error().message,
            "version 1.1.0 would stand below 1.2.0, whose number promises callers less change "
            "since then than there is (output 'y': removed); push a version above 1.2.0");
  EXPECT_TRUE(CheckFollower(Version("1.1.0"), Version("2.0.0"), removed).ok());
  EXPECT_TRUE(CheckFollower(Version("1.1.0"), Version("1.1.1"), {}).ok());
}

TEST(FollowedBy, IsTheLowestReleaseAboveAnExactRelease) {
  const auto all = Versions({"1.0.0", "1.2.0-rc.1", "1.2.0", "2.0.0"});
  EXPECT_EQ(FollowedBy(Version("1.1.0"), all)->version.text(), "1.2.0");
  EXPECT_EQ(FollowedBy(Version("2.0.0"), all), nullptr);
  EXPECT_EQ(FollowedBy(Version("1.1.0-rc.1"), all), nullptr);
  EXPECT_EQ(FollowedBy(LeastLegal{}, all), nullptr);
}

TEST(ChooseVersion, ComparesWithTheLatestReleaseBeforeIt) {
  const auto text = [](const VersionWish& wish, const std::vector<registry::ModelVersion>& all) {
    const registry::ModelVersion* base = ComparedWith(wish, all);
    return base == nullptr ? std::string("nothing") : base->version.text();
  };
  const auto all = Versions({"1.0.0", "1.1.0", "2.0.0", "3.0.0-rc.1"});
  EXPECT_EQ(text(LeastLegal{}, all), "2.0.0");
  EXPECT_EQ(text(Bump::kMinor, all), "2.0.0");
  EXPECT_EQ(text(Version("1.0.5"), all), "1.0.0");
  EXPECT_EQ(text(Version("3.0.0"), all), "2.0.0");
  EXPECT_EQ(text(Version("0.9.0"), all), "nothing");
  EXPECT_EQ(text(LeastLegal{}, Versions({"1.0.0-a", "1.0.0-b"})), "1.0.0-b");
  EXPECT_EQ(text(LeastLegal{}, {}), "nothing");
}

}  // namespace
}  // namespace moorage::control
