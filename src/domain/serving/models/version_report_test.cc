#include "domain/serving/models/version_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/telemetry/log/testing/fake_log.h"

namespace moorage::models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = VersionStatus::State;

model::SemVer Version(const std::string& text) { return *model::SemVer::Parse(text); }

class VersionReportTest : public testing::Test {
 protected:
  servable::ServableHandle Loaded(const std::string& version) {
    return servable::MakeFakeServable(script_, {.name = "cancer", .version = version});
  }
  // Wants "cancer" in these versions, with the last of them in production.
  static std::vector<WantedModel> Want(const std::vector<std::string>& versions) {
    WantedModel wanted{.name = model::ModelName("cancer"), .aliases = {}, .versions = {}};
    for (const std::string& version : versions) {
      wanted.versions.push_back({Version(version), model::DigestOf(version)});
    }
    wanted.aliases.push_back({model::Alias("production"), Version(versions.back())});
    return {wanted};
  }
  void Fail(const std::string& version, const std::string& reason) {
    VersionRecord record{.name = model::ModelName("cancer"),
                         .version = Version(version),
                         .digest = model::DigestOf(version)};
    record.state = ServableState::kFailed;
    record.reason = reason;
    records_.push_back(std::move(record));
  }
  void Ready(const std::string& version) {
    VersionRecord record{.name = model::ModelName("cancer"),
                         .version = Version(version),
                         .digest = model::DigestOf(version)};
    record.state = ServableState::kReady;
    records_.push_back(std::move(record));
  }
  std::vector<VersionStatus> Show() { return ShowVersions(records_, Table()); }
  std::vector<std::string> Problems(const std::vector<WantedModel>& wanted) {
    return ListProblems(wanted, records_, Table());
  }
  RoutingTable Table() { return {1, served_, std::nullopt}; }

  runtime::FakeScript script_;
  std::map<std::string, RoutingTable::Model, std::less<>> served_;
  std::vector<VersionRecord> records_;
};

TEST_F(VersionReportTest, NamesReadyVersionsWithTheAliasesThatReferToThem) {
  const servable::ServableHandle one = Loaded("1.0.0");
  const servable::ServableHandle two = Loaded("2.0.0");
  served_["cancer"] = {.aliases = {{"production", two}, {"staging", two}}, .versions = {one, two}};
  Ready("1.0.0");
  Ready("2.0.0");
  const auto versions = Show();
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].state, State::kReady);
  EXPECT_THAT(versions[0].aliases, IsEmpty());
  EXPECT_THAT(versions[1].aliases,
              ElementsAre(model::Alias("production"), model::Alias("staging")));
  EXPECT_THAT(Problems(Want({"1.0.0", "2.0.0"})), IsEmpty());
}

TEST_F(VersionReportTest, SaysWhatAnAliasDoesWhereItsVersionCannotBeLoaded) {
  const servable::ServableHandle one = Loaded("1.0.0");
  served_["cancer"] = {.aliases = {{"production", one}}, .versions = {one}};
  Ready("1.0.0");
  Fail("2.0.0", "the blob is gone");
  const auto versions = Show();
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[1].state, State::kFailed);
  EXPECT_EQ(versions[1].reason, "the blob is gone");
  EXPECT_THAT(Problems(Want({"1.0.0", "2.0.0"})),
              ElementsAre("cancer@2.0.0 cannot be loaded: the blob is gone; "
                          "cancer@production stays at 1.0.0"));
  served_.clear();
  EXPECT_THAT(
      Problems(Want({"2.0.0"})),
      ElementsAre(
          "cancer@2.0.0 cannot be loaded: the blob is gone; cancer@production is not served"));
}

TEST_F(VersionReportTest, AVersionThatIsKeptWarmFailsWithoutAWordOfAliases) {
  Fail("1.0.0", "damaged");
  EXPECT_THAT(Problems(Want({"1.0.0", "2.0.0"})),
              ElementsAre("cancer@1.0.0 cannot be loaded: damaged"));
}

TEST_F(VersionReportTest, AVersionThatIsNotWantedIsNoProblem) {
  Fail("1.0.0", "a");
  Fail("2.0.0", "b");
  EXPECT_THAT(Problems(Want({"2.0.0"})), testing::SizeIs(1));
  EXPECT_THAT(Problems({}), IsEmpty());
}

TEST_F(VersionReportTest, LogsOnlyAliasesThatReferToAnotherVersionThanBefore) {
  const servable::ServableHandle one = Loaded("1.0.0");
  const servable::ServableHandle two = Loaded("2.0.0");
  telemetry::FakeLog log;
  LogMoves(log, "cancer", {.aliases = {{"production", one}, {"staging", one}}, .versions = {}},
           {.aliases = {{"production", two}, {"staging", one}, {"canary", two}}, .versions = {}});
  std::vector<std::string> lines;
  for (const auto& line : log.lines()) lines.push_back(line.text);
  EXPECT_THAT(
      lines,
      ElementsAre("serving cancer@canary = 2.0.0 model=cancer alias=canary version=2.0.0 before=",
                  "serving cancer@production = 2.0.0 model=cancer alias=production version=2.0.0 "
                  "before=1.0.0"));
}

}  // namespace
}  // namespace moorage::models
