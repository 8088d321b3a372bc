#include "domain/serving/models/served_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = VersionStatus::State;

class ServedModelsTest : public testing::Test {
 protected:
  servable::ServableHandle Loaded(const std::string& version) {
    const servable::ServableHandle servable =
        servable::MakeFakeServable(script_, {.name = "cancer", .version = version});
    served_.BeginLoad(cancer_, Want(version));
    served_.FinishLoad(servable);
    return servable;
  }
  void Publish(const std::vector<servable::ServableHandle>& versions) {
    std::map<std::string, RoutingTable::Model, std::less<>> models;
    if (!versions.empty()) models["cancer"].versions = versions;
    served_.Publish(std::make_shared<const RoutingTable>(1, std::move(models), std::nullopt));
  }
  // The version that is loaded already, if there is one.
  servable::ServableHandle LeaseOf(const model::ModelName& name, const WantedVersion& wanted) {
    return served_
        .Plan({.name = name, .aliases = {}, .versions = {wanted}}, RetryRule::kWhenDue, {})
        .front()
        .servable;
  }
  static WantedVersion Want(const std::string& version) {
    return {*model::SemVer::Parse(version), model::DigestOf(version)};
  }

  const model::ModelName cancer_{"cancer"};
  runtime::FakeScript script_;
  ServedModels served_;
};

TEST_F(ServedModelsTest, AVersionIsUnloadingUntilItsLastLeaseEnds) {
  servable::ServableHandle lease = Loaded("1.0.0");
  Publish({lease});
  ASSERT_EQ(served_.Status().size(), 1U);
  EXPECT_EQ(served_.Status()[0].state, State::kReady);
  Publish({});
  const auto leaving = served_.Status();
  ASSERT_EQ(leaving.size(), 1U);
  EXPECT_EQ(leaving[0].state, State::kUnloading);
  EXPECT_EQ(leaving[0].version.text(), "1.0.0");
  lease.reset();
  EXPECT_THAT(served_.Status(), IsEmpty());
}

TEST_F(ServedModelsTest, AVersionThatIsRetiringCanBeUsedAgainWhileItIsLeased) {
  servable::ServableHandle lease = Loaded("1.0.0");
  Publish({lease});
  Publish({});
  EXPECT_EQ(LeaseOf(cancer_, Want("1.0.0")), lease);
  EXPECT_EQ(LeaseOf(model::ModelName("wine"), Want("1.0.0")), nullptr);
  const WantedVersion other_bytes{*model::SemVer::Parse("1.0.0"), model::DigestOf("other")};
  EXPECT_EQ(LeaseOf(cancer_, other_bytes), nullptr);
  Publish({lease});
  EXPECT_EQ(served_.Status()[0].state, State::kReady) << "it came back";
  Publish({});
  lease.reset();
  EXPECT_EQ(LeaseOf(cancer_, Want("1.0.0")), nullptr);
}

TEST_F(ServedModelsTest, LoadingTakesThePlaceOfWhatWasWrongBefore) {
  served_.BeginLoad(cancer_, Want("1.0.0"));
  served_.FailLoad(cancer_, Want("1.0.0"), "damaged", {});
  Publish({Loaded("0.9.0")});
  served_.BeginLoad(cancer_, Want("1.0.0"));
  const auto status = served_.Status();
  ASSERT_EQ(status.size(), 2U);
  EXPECT_EQ(status[0].version.text(), "0.9.0");
  EXPECT_EQ(status[1].state, State::kLoading);
}

TEST_F(ServedModelsTest, TheProblemOfTheSourceStandsFirstAndIsNewsOnce) {
  served_.BeginLoad(cancer_, Want("1.0.0"));
  served_.FailLoad(cancer_, Want("1.0.0"), "damaged", {});
  served_.EndRound({{.name = cancer_, .aliases = {}, .versions = {Want("1.0.0")}}}, {});
  EXPECT_TRUE(served_.ShowSourceProblem(base::Error{base::Code::kUnavailable, "disk full"}));
  EXPECT_FALSE(served_.ShowSourceProblem(base::Error{base::Code::kUnavailable, "disk full"}));
  EXPECT_THAT(served_.Problems(), ElementsAre("the models cannot be read: disk full",
                                              "cancer@1.0.0 cannot be loaded: damaged"));
  EXPECT_TRUE(served_.ShowSourceProblem(std::nullopt));
  EXPECT_THAT(served_.Problems(), ElementsAre("cancer@1.0.0 cannot be loaded: damaged"));
}

}  // namespace
}  // namespace moorage::models
