#include "domain/serving/models/routing_table.h"

#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::models {
namespace {

class Routing : public testing::Test {
 protected:
  servable::ServableHandle Version(const std::string& name, const std::string& version) {
    return servable::MakeFakeServable(script_, {.name = name, .version = version, .cost = {}});
  }

  RoutingTable Table(std::optional<model::ModelRef> default_ref = std::nullopt) {
    std::map<std::string, RoutingTable::Model, std::less<>> models;
    models["cancer"] = {.aliases = {{"staging", old_}, {"production", new_}},
                        .versions = {old_, new_}};
    models["wine"] = {.aliases = {{"production", wine_}}, .versions = {wine_}};
    return {7, std::move(models), std::move(default_ref)};
  }

  runtime::FakeScript script_;
  servable::ServableHandle old_ = Version("cancer", "1.0.0");
  servable::ServableHandle new_ = Version("cancer", "1.1.0-rc.1+b5");
  servable::ServableHandle wine_ = Version("wine", "2.0.0");
};

TEST_F(Routing, ABareNameMeansProduction) {
  EXPECT_EQ(**Table().Resolve("cancer", ""), new_);
  EXPECT_EQ(**Table().Resolve("cancer", "production"), new_);
}

TEST_F(Routing, AnAliasAndAVersionLeadToWhatTheyName) {
  const RoutingTable table = Table();
  EXPECT_EQ(**table.Resolve("cancer", "staging"), old_);
  EXPECT_EQ(**table.Resolve("cancer", "1.0.0"), old_);
  EXPECT_EQ(**table.Resolve("cancer", "v1.0.0"), old_);
  EXPECT_EQ(**table.Resolve("cancer", "1.1.0-rc.1+b5"), new_);
}

TEST_F(Routing, WhatShouldBeServedAndIsNotIsUnavailableWithItsReason) {
  std::map<std::string, RoutingTable::Model, std::less<>> models;
  models["cancer"].unavailable = {{"production", "cancer@1.0.0 cannot be loaded: as told"},
                                  {"1.0.0", "cancer@1.0.0 cannot be loaded: as told"}};
  const RoutingTable table(8, std::move(models), std::nullopt);
  for (const char* selector : {"", "production", "1.0.0", "v1.0.0"}) {
    const auto missing = table.Resolve("cancer", selector);
    ASSERT_FALSE(missing.ok()) << selector;
    EXPECT_EQ(missing.error().code, base::Code::kUnavailable) << selector;
    EXPECT_EQ(missing.error().message, "cancer@1.0.0 cannot be loaded: as told");
  }
  EXPECT_EQ(table.Default().error().code, base::Code::kUnavailable);
  EXPECT_EQ(table.Resolve("cancer", "staging").error().code, base::Code::kNotFound);
}

TEST_F(Routing, AMissingModelIsNotFoundAndTheNearestNameIsOffered) {
  const auto missing = Table().Resolve("cancre", "");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, base::Code::kNotFound);
  EXPECT_EQ(missing.error().message, "model 'cancre' is not served; did you mean 'cancer'?");
}

TEST_F(Routing, AModelLikeNoneIsAnsweredWithTheList) {
  EXPECT_EQ(Table().Resolve("titanic", "").error().message,
            "model 'titanic' is not served; served: cancer, wine");
  EXPECT_EQ(RoutingTable().Resolve("titanic", "").error().message,
            "model 'titanic' is not served; no model is served yet; push one and promote it");
}

TEST_F(Routing, AMissingVersionIsAnsweredWithTheServedOnes) {
  const auto missing = Table().Resolve("cancer", "1.2.0");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, base::Code::kNotFound);
  EXPECT_EQ(missing.error().message,
            "version 1.2.0 of cancer is not loaded; served: 1.0.0 (staging), 1.1.0-rc.1+b5 "
            "(production)");
}

TEST_F(Routing, AMissingAliasIsAnsweredWithTheServedOnes) {
  EXPECT_EQ(Table().Resolve("wine", "canary").error().message,
            "wine has no alias 'canary'; served: 2.0.0 (production)");
}

TEST_F(Routing, ControlCharactersAndLengthOfANameDoNotReachTheMessage) {
  const std::string message = Table().Resolve(std::string(5000, 'x') + "\n", "").error().message;
  EXPECT_LT(message.size(), 300U);
  EXPECT_EQ(Table().Resolve("a\nb", "").error().message.find('\n'), std::string::npos);
}

TEST_F(Routing, TheConfiguredReferenceIsTheDefault) {
  EXPECT_EQ(**Table(*model::ParseModelRef("cancer@staging")).Default(), old_);
  EXPECT_EQ(**Table(*model::ParseModelRef("cancer@1.0.0")).Default(), old_);
  EXPECT_EQ(**Table(*model::ParseModelRef("wine")).Default(), wine_);
  EXPECT_EQ(Table(*model::ParseModelRef("digits")).Default().error().code, base::Code::kNotFound);
}

TEST_F(Routing, TheOnlyModelIsTheDefault) {
  std::map<std::string, RoutingTable::Model, std::less<>> models;
  models["wine"] = {.aliases = {{"production", wine_}}, .versions = {wine_}};
  EXPECT_EQ(**RoutingTable(1, std::move(models), std::nullopt).Default(), wine_);
}

TEST_F(Routing, SeveralModelsAndNoDefaultAskForAName) {
  const auto none = Table().Default();
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, base::Code::kInvalid);
  EXPECT_EQ(none.error().message,
            "several models are served, so the request must name one of them: cancer, wine");
  EXPECT_EQ(RoutingTable().Default().error().message,
            "no model is served yet; push one and promote it");
}

}  // namespace
}  // namespace moorage::models
