#include "control/sources/registry_model_source.h"

#include <gtest/gtest.h>

#include "control/rollback/roll_back.h"
#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

class RegistryModelSourceTest : public RegistryFixture {
 protected:
  RegistryModelSource Source(std::uint32_t keep_previous = 1,
                             std::optional<model::ModelRef> default_model = std::nullopt) {
    return RegistryModelSource({.aliases = {model::Alias("production"), model::Alias("staging")},
                                .keep_previous = keep_previous,
                                .default_model = std::move(default_model)},
                               *registry_);
  }

  // "cancer: production=1.0.0 | 1.0.0 1.1.0"
  static std::string Text(RegistryModelSource source) {
    const auto wanted = source.Wanted();
    if (!wanted.ok()) return wanted.error().message;
    std::string text;
    for (const models::WantedModel& model : *wanted) {
      text += (text.empty() ? "" : "; ") + model.name.value() + ":";
      for (const auto& target : model.aliases) {
        text += " " + target.alias.value() + "=" + target.version.text();
      }
      text += " |";
      for (const auto& version : model.versions) text += " " + version.version.text();
    }
    return text;
  }

  void PromoteTo(const std::string& alias, const std::string& version) {
    const auto moved = PointAlias(alias, "cancer@" + version, registry::EvidenceRule::kWaived);
    ASSERT_TRUE(moved.ok()) << moved.error().message;
  }
  void PushVersions() {
    for (const char* version : {"1.0.0", "1.1.0", "1.2.0"}) {
      const char* file = std::string_view(version) == "1.0.0" ? "model.onnx" : "model-v2.onnx";
      const auto pushed =
          PushVersion("cancer", ExampleFiles("cancer", file), *model::SemVer::Parse(version));
      ASSERT_TRUE(pushed.ok()) << pushed.error().message;
    }
  }
};

TEST_F(RegistryModelSourceTest, WantsNothingOfAnEmptyRegistryAndNothingWithoutAnAlias) {
  EXPECT_EQ(Text(Source()), "");
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  EXPECT_EQ(Text(Source()), "");
  PromoteTo("canary", "1.0.0");
  EXPECT_EQ(Text(Source()), "") << "an alias that is not configured is not served";
}

TEST_F(RegistryModelSourceTest, WantsTheAliasesAndWhatProductionWouldGoBackTo) {
  PushVersions();
  PromoteTo("production", "1.0.0");
  PromoteTo("staging", "1.2.0");
  EXPECT_EQ(Text(Source()), "cancer: production=1.0.0 staging=1.2.0 | 1.0.0 1.2.0");
  PromoteTo("production", "1.1.0");
  PromoteTo("production", "1.2.0");
  EXPECT_EQ(Text(Source(0)), "cancer: production=1.2.0 staging=1.2.0 | 1.2.0");
  EXPECT_EQ(Text(Source(1)), "cancer: production=1.2.0 staging=1.2.0 | 1.2.0 1.1.0");
  EXPECT_EQ(Text(Source(5)), "cancer: production=1.2.0 staging=1.2.0 | 1.2.0 1.1.0 1.0.0");
  ASSERT_TRUE(RollBack({.registry = *registry_})
                  .Run({.name = model::ModelName("cancer"),
                        .alias = model::Alias("production"),
                        .to = std::nullopt,
                        .actor = "ada",
                        .reason = "",
                        .expected = std::nullopt})
                  .ok());
  EXPECT_EQ(Text(Source(1)), "cancer: production=1.1.0 staging=1.2.0 | 1.1.0 1.2.0 1.0.0");
}

TEST_F(RegistryModelSourceTest, ServesAVersionThatTheConfigurationNamesItself) {
  PushVersions();
  const auto ref = model::ParseModelRef("cancer@1.1.0");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(Text(Source(1, *ref)), "cancer: | 1.1.0");
}

TEST_F(RegistryModelSourceTest, ItsGenerationChangesWithEveryMoveOfAnotherProcess) {
  PushVersions();
  RegistryModelSource source = Source();
  const auto before = source.Generation();
  PromoteTo("production", "1.0.0");
  const auto after = source.Generation();
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_LT(*before, *after);
}

TEST_F(RegistryModelSourceTest, HasTheReportThatThePushStored) {
  PushVersions();
  PromoteTo("production", "1.0.0");
  RegistryModelSource source = Source();
  const model::Digest digest = source.Wanted()->at(0).versions.at(0).digest;
  const auto key = servable::ProbeKey::Of(backend());
  const auto report = source.FindReport(digest, key);
  ASSERT_TRUE(report.ok() && report->has_value());
  EXPECT_TRUE((*report)->batchable()) << (*report)->sharing_detail;
  EXPECT_EQ((*report)->batch_size, 32U);
  const auto newer = source.FindReport(digest, {.engine = "next", .processor = key.processor});
  ASSERT_TRUE(newer.ok());
  EXPECT_FALSE(newer->has_value());
  servable::ProbeReport other = **report;
  other.note = "tried again";
  ASSERT_TRUE(source.KeepReport(digest, key, other).ok());
  EXPECT_EQ((**source.FindReport(digest, key)).note, "tried again");
}

TEST_F(RegistryModelSourceTest, HasNoReportWhereTheStoredOneCannotBeRead) {
  const auto key = servable::ProbeKey::Of(backend());
  const model::Digest digest = model::DigestOf("a model");
  ASSERT_TRUE(registry_
                  ->StoreProbe({.artifact = digest,
                                .engine = key.engine,
                                .processor = key.processor,
                                .report = R"({"format":99})"})
                  .ok());
  const auto report = Source().FindReport(digest, key);
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->has_value());
}

TEST_F(RegistryModelSourceTest, FetchesTheVerifiedArtifactThatABackendOpens) {
  PushVersions();
  PromoteTo("production", "1.0.0");
  RegistryModelSource source = Source();
  const auto wanted = source.Wanted();
  ASSERT_TRUE(wanted.ok());
  const auto artifact = source.Fetch(wanted->at(0).name, wanted->at(0).versions.at(0));
  ASSERT_TRUE(artifact.ok()) << artifact.error().message;
  EXPECT_EQ(*artifact->model, Example("cancer/model.onnx"));
  EXPECT_EQ(artifact->manifest.features.size(), 30U);
  EXPECT_TRUE(backend().Open(*artifact).ok());
  EXPECT_FALSE(source
                   .Fetch(wanted->at(0).name,
                          {wanted->at(0).versions.at(0).version, model::DigestOf("something else")})
                   .ok());
}

TEST_F(RegistryModelSourceTest, NamesTheConfigurationThatLeavesAnAliasOut) {
  const RegistryModelSource source = Source();
  EXPECT_EQ(source.NeverServes(model::Alias("staging")), std::nullopt);
  EXPECT_EQ(source.NeverServes(model::Alias("canary")),
            "the alias is moved; this server does not serve 'canary', because its "
            "serving.aliases are production, staging");
}

}  // namespace
}  // namespace moorage::control
