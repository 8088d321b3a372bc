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
    return servable::MakeFakeServable(script_, {.name = "cancer", .version = version});
  }
  void Publish(const std::vector<servable::ServableHandle>& versions) {
    std::map<std::string, RoutingTable::Model, std::less<>> models;
    if (!versions.empty()) models["cancer"].versions = versions;
    served_.Publish(std::make_shared<const RoutingTable>(1, std::move(models), std::nullopt));
  }
  static WantedVersion Want(const std::string& version) {
    return {*model::SemVer::Parse(version), model::DigestOf(version)};
  }

  const model::ModelName cancer_{"cancer"};
  runtime::FakeScript script_;
  ServedModels served_;
};

TEST_F(ServedModelsTest, AVersionLeavesUntilItsLastLeaseEnds) {
  servable::ServableHandle lease = Loaded("1.0.0");
  Publish({lease});
  EXPECT_THAT(served_.Status(), IsEmpty());
  Publish({});
  const auto leaving = served_.Status();
  ASSERT_EQ(leaving.size(), 1U);
  EXPECT_EQ(leaving[0].state, State::kUnloading);
  EXPECT_EQ(leaving[0].version.text(), "1.0.0");
  lease.reset();
  EXPECT_THAT(served_.Status(), IsEmpty());
}

TEST_F(ServedModelsTest, AVersionThatIsLeavingCanBeHadAgainWhileItIsLeased) {
  servable::ServableHandle lease = Loaded("1.0.0");
  Publish({lease});
  EXPECT_EQ(served_.StillLeased(cancer_, Want("1.0.0")), nullptr) << "it is not leaving";
  Publish({});
  EXPECT_EQ(served_.StillLeased(cancer_, Want("1.0.0")), lease);
  EXPECT_EQ(served_.StillLeased(model::ModelName("wine"), Want("1.0.0")), nullptr);
  const WantedVersion other_bytes{*model::SemVer::Parse("1.0.0"), model::DigestOf("other")};
  EXPECT_EQ(served_.StillLeased(cancer_, other_bytes), nullptr);
  Publish({lease});
  EXPECT_THAT(served_.Status(), IsEmpty()) << "it came back";
  Publish({});
  lease.reset();
  EXPECT_EQ(served_.StillLeased(cancer_, Want("1.0.0")), nullptr);
}

TEST_F(ServedModelsTest, LoadingTakesThePlaceOfWhatWasWrongBefore) {
  VersionReport report;
  report.versions.push_back({cancer_, Want("1.0.0").version, {}, State::kFailed, "damaged"});
  report.versions.push_back({cancer_, Want("0.9.0").version, {}, State::kReady, ""});
  served_.ShowReport(std::move(report));
  served_.ShowLoading(cancer_, Want("1.0.0").version);
  const auto status = served_.Status();
  ASSERT_EQ(status.size(), 2U);
  EXPECT_EQ(status[0].version.text(), "0.9.0");
  EXPECT_EQ(status[1].state, State::kLoading);
}

TEST_F(ServedModelsTest, TheProblemOfTheSourceStandsFirstAndIsNewsOnce) {
  VersionReport report;
  report.problems = {"cancer@1.0.0 cannot be loaded: damaged"};
  served_.ShowReport(std::move(report));
  EXPECT_TRUE(served_.ShowSourceProblem("disk full"));
  EXPECT_FALSE(served_.ShowSourceProblem("disk full"));
  EXPECT_THAT(served_.Problems(), ElementsAre("the models cannot be read: disk full",
                                              "cancer@1.0.0 cannot be loaded: damaged"));
  EXPECT_TRUE(served_.ShowSourceProblem(""));
  EXPECT_THAT(served_.Problems(), ElementsAre("cancer@1.0.0 cannot be loaded: damaged"));
}

}  // namespace
}  // namespace moorage::models
