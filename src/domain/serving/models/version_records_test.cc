#include "domain/serving/models/version_records.h"

#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::models {
namespace {

class VersionRecordsTest : public testing::Test {
 protected:
  static WantedVersion Wanted(const std::string& version) {
    return {*model::SemVer::Parse(version), model::DigestOf(version)};
  }
  servable::ServableHandle Load(const std::string& version) {
    const servable::ServableHandle servable =
        servable::MakeFakeServable(script_, {.name = "cancer", .version = version});
    records_.BeginLoad(cancer_, Wanted(version));
    records_.FinishLoad(servable);
    return servable;
  }
  void Publish(const std::vector<servable::ServableHandle>& versions) {
    std::map<std::string, RoutingTable::Model, std::less<>> models;
    models["cancer"].versions = versions;
    records_.MatchTable(RoutingTable(1, std::move(models), std::nullopt));
  }
  // "1.0.0 ready, 2.0.0 failed"
  std::string States() const {
    std::string text;
    for (const VersionRecord& record : records_.all()) {
      text += (text.empty() ? "" : ", ") + record.version.text() + " ";
      text += Name(record.state);
    }
    return text;
  }

  const model::ModelName cancer_{"cancer"};
  runtime::FakeScript script_;
  VersionRecords records_;
};

TEST_F(VersionRecordsTest, FollowAVersionFromItsLoadToItsEnd) {
  const servable::ServableHandle one = Load("1.0.0");
  EXPECT_EQ(States(), "1.0.0 loading") << "no table holds it yet";
  Publish({one});
  EXPECT_EQ(States(), "1.0.0 ready");
  Publish({});
  EXPECT_EQ(States(), "1.0.0 retiring");
  Publish({one});
  EXPECT_EQ(States(), "1.0.0 ready") << "it was leased and is wanted again";
  Publish({});
  records_.BeginUnload(one->id);
  EXPECT_EQ(States(), "1.0.0 unloading");
  records_.FinishUnload(one->id);
  EXPECT_EQ(States(), "");
}

TEST_F(VersionRecordsTest, KeepAFailureUntilItsVersionIsNotWanted) {
  records_.BeginLoad(cancer_, Wanted("1.0.0"));
  EXPECT_TRUE(records_.FailLoad(cancer_, Wanted("1.0.0"), "damaged", {}));
  EXPECT_EQ(States(), "1.0.0 failed");
  records_.MatchWanted({{.name = cancer_, .aliases = {}, .versions = {Wanted("1.0.0")}}});
  EXPECT_EQ(States(), "1.0.0 failed");
  records_.MatchWanted({{.name = cancer_, .aliases = {}, .versions = {Wanted("2.0.0")}}});
  EXPECT_EQ(States(), "");
}

TEST_F(VersionRecordsTest, TakeAFailedVersionUpAgainAndReportOnlyANewReason) {
  for (const bool is_news : {true, false}) {
    records_.BeginLoad(cancer_, Wanted("1.0.0"));
    EXPECT_EQ(records_.FailLoad(cancer_, Wanted("1.0.0"), "damaged", {}), is_news);
  }
  records_.BeginLoad(cancer_, Wanted("1.0.0"));
  EXPECT_TRUE(records_.FailLoad(cancer_, Wanted("1.0.0"), "gone", {}));
  const servable::ServableHandle one = Load("1.0.0");
  Publish({one});
  ASSERT_EQ(records_.all().size(), 1U);
  EXPECT_EQ(records_.all()[0].reason, "");
}

TEST_F(VersionRecordsTest, TellTwoLivesOfOneVersionApart) {
  servable::ServableHandle first = Load("1.0.0");
  Publish({first});
  Publish({});
  const std::uint32_t old_id = first->id;
  first.reset();
  const servable::ServableHandle second = Load("1.0.0");
  Publish({second});
  EXPECT_EQ(States(), "1.0.0 retiring, 1.0.0 ready");
  records_.BeginUnload(old_id);
  records_.FinishUnload(old_id);
  EXPECT_EQ(States(), "1.0.0 ready");
}

TEST_F(VersionRecordsTest, StandInTheOrderOfWhatIsWanted) {
  for (const char* version : {"1.0.0", "3.0.0", "2.0.0"}) {
    records_.BeginLoad(cancer_, Wanted(version));
    records_.FailLoad(cancer_, Wanted(version), "damaged", {});
  }
  records_.MatchWanted({{.name = cancer_,
                         .aliases = {},
                         .versions = {Wanted("3.0.0"), Wanted("2.0.0"), Wanted("1.0.0")}}});
  EXPECT_EQ(States(), "3.0.0 failed, 2.0.0 failed, 1.0.0 failed");
}

}  // namespace
}  // namespace moorage::models
