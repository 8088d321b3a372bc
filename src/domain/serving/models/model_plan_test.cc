#include "domain/serving/models/model_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::models {
namespace {

using base::Instant;
using std::chrono::seconds;
using testing::ElementsAre;

class ModelPlan : public testing::Test {
 protected:
  static WantedVersion Wanted(const std::string& version) {
    return {*model::SemVer::Parse(version), model::DigestOf(version)};
  }
  static WantedModel WantedCancer(const std::vector<std::string>& versions) {
    WantedModel wanted{.name = model::ModelName("cancer"), .aliases = {}, .versions = {}};
    for (const std::string& version : versions) wanted.versions.push_back(Wanted(version));
    return wanted;
  }
  servable::ServableHandle Loaded(const std::string& version) {
    return servable::MakeFakeServable(script_, {.name = "cancer", .version = version});
  }
  static VersionRecord Record(const std::string& version, ServableState state) {
    VersionRecord record{.name = model::ModelName("cancer"),
                         .version = Wanted(version).version,
                         .digest = Wanted(version).digest};
    record.state = state;
    return record;
  }
  VersionAction ActionOf(const VersionRecord& record, RetryRule rule, Instant now) {
    return PlanVersions(WantedCancer({"1.0.0"}), {&record, 1}, rule, now).front().action;
  }

  runtime::FakeScript script_;
};

TEST_F(ModelPlan, LoadsWhatHasNoRecord) {
  const auto plans = PlanVersions(WantedCancer({"1.0.0", "2.0.0"}), {}, RetryRule::kWhenDue, {});
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].action, VersionAction::kLoad);
  EXPECT_EQ(plans[1].wanted.version.text(), "2.0.0");
}

TEST_F(ModelPlan, AwaitsALoadThatRuns) {
  EXPECT_EQ(ActionOf(Record("1.0.0", ServableState::kLoading), RetryRule::kNow, {}),
            VersionAction::kAwaitLoad);
}

TEST_F(ModelPlan, ListsWhatIsNotServedAndWhyButNoAliasThatStaysWhereItWas) {
  WantedModel wanted = WantedCancer({"1.0.0", "1.1.0", "2.0.0"});
  wanted.aliases = {{model::Alias("production"), Wanted("1.1.0").version},
                    {model::Alias("staging"), Wanted("2.0.0").version}};
  const servable::ServableHandle old = Loaded("1.0.0");
  VersionRecord failed = Record("1.1.0", ServableState::kFailed);
  failed.reason = "it is corrupt";
  const VersionRecord records[] = {Record("1.0.0", ServableState::kReady), failed,
                                   Record("2.0.0", ServableState::kLoading)};
  const auto unavailable =
      ListUnavailable(wanted, records, {.aliases = {{"production", old}}, .versions = {old}});
  EXPECT_THAT(unavailable,
              ElementsAre(testing::Pair("1.1.0", "cancer@1.1.0 cannot be loaded: it is corrupt"),
                          testing::Pair("2.0.0", "cancer@2.0.0 is being loaded"),
                          testing::Pair("staging", "cancer@2.0.0 is being loaded")));
}

TEST_F(ModelPlan, UsesWhatIsReadyAndWhatIsRetiringButLeased) {
  servable::ServableHandle one = Loaded("1.0.0");
  for (const ServableState state : {ServableState::kReady, ServableState::kRetiring}) {
    VersionRecord record = Record("1.0.0", state);
    record.lease = one;
    const auto plans = PlanVersions(WantedCancer({"1.0.0"}), {&record, 1}, RetryRule::kNow, {});
    EXPECT_EQ(plans[0].action, VersionAction::kUse);
    EXPECT_EQ(plans[0].servable, one);
  }
  VersionRecord record = Record("1.0.0", ServableState::kRetiring);
  record.lease = one;
  one.reset();
  EXPECT_EQ(ActionOf(record, RetryRule::kWhenDue, {}), VersionAction::kLoad)
      << "its last lease has ended";
}

TEST_F(ModelPlan, LoadsOtherBytesUnderTheSameVersion) {
  const servable::ServableHandle one = Loaded("1.0.0");
  VersionRecord record = Record("1.0.0", ServableState::kReady);
  record.lease = one;
  record.digest = model::DigestOf("other bytes");
  EXPECT_EQ(ActionOf(record, RetryRule::kWhenDue, {}), VersionAction::kLoad);
}

TEST_F(ModelPlan, TriesAFailedVersionAtItsTimeOrWhenTheSourceHasChanged) {
  VersionRecord record = Record("1.0.0", ServableState::kFailed);
  record.retry_at = Instant{seconds(30)};
  EXPECT_EQ(ActionOf(record, RetryRule::kWhenDue, Instant{seconds(29)}),
            VersionAction::kAwaitRetry);
  EXPECT_FALSE(IsRetryDue({&record, 1}, Instant{seconds(29)}));
  EXPECT_EQ(ActionOf(record, RetryRule::kWhenDue, Instant{seconds(30)}), VersionAction::kLoad);
  EXPECT_TRUE(IsRetryDue({&record, 1}, Instant{seconds(30)}));
  EXPECT_EQ(ActionOf(record, RetryRule::kNow, Instant{seconds(29)}), VersionAction::kLoad);
}

TEST_F(ModelPlan, KeepsAnAliasWhereItIsUntilItsVersionIsLoaded) {
  const servable::ServableHandle one = Loaded("1.0.0");
  const servable::ServableHandle two = Loaded("2.0.0");
  WantedModel wanted = WantedCancer({"2.0.0"});
  wanted.aliases = {{model::Alias("production"), Wanted("2.0.0").version},
                    {model::Alias("staging"), Wanted("2.0.0").version}};
  const RoutingTable::Model current{.aliases = {{"production", one}}, .versions = {one}};
  const RoutingTable::Model failed = PlanRoutes(wanted, {}, current);
  EXPECT_THAT(failed.aliases, ElementsAre(std::pair("production", one)));
  EXPECT_THAT(failed.versions, ElementsAre(one));
  const RoutingTable::Model loaded = PlanRoutes(wanted, {two}, current);
  EXPECT_THAT(loaded.aliases, ElementsAre(std::pair("production", two), std::pair("staging", two)));
  EXPECT_THAT(loaded.versions, ElementsAre(two));
}

TEST_F(ModelPlan, SortsVersionsByPrecedence) {
  const servable::ServableHandle one = Loaded("1.9.0");
  const servable::ServableHandle two = Loaded("1.10.0");
  EXPECT_THAT(PlanRoutes(WantedCancer({"1.10.0", "1.9.0"}), {two, one}, {}).versions,
              ElementsAre(one, two));
}

}  // namespace
}  // namespace moorage::models
