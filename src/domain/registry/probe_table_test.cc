#include "domain/registry/probe_table.h"

#include <gtest/gtest.h>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

class ProbeReports : public RegistryTest {
 protected:
  base::Status Store(const model::Digest& artifact, const std::string& report,
                     const std::string& processor = "p") {
    return registry_->StoreProbe(
        {.artifact = artifact, .engine = "e 1", .processor = processor, .report = report});
  }
  // The report, or "none".
  std::string Find(const model::Digest& artifact, const std::string& engine,
                   const std::string& processor) {
    const auto found = registry_->FindProbe(artifact, engine, processor);
    if (!found.ok()) return found.error().message;
    return *found ? (*found)->report : "none";
  }

  const model::Digest digest_ = model::DigestOf("a model");
};

TEST_F(ProbeReports, AreFoundUnderArtifactEngineAndProcessor) {
  ASSERT_TRUE(Store(digest_, R"({"format":1})").ok());
  EXPECT_EQ(Find(digest_, "e 1", "p"), R"({"format":1})");
  EXPECT_EQ(Find(digest_, "e 2", "p"), "none");
  EXPECT_EQ(Find(digest_, "e 1", "q"), "none");
  EXPECT_EQ(Find(model::DigestOf("another"), "e 1", "p"), "none");
}

TEST_F(ProbeReports, AreReplacedByNewerOnes) {
  ASSERT_TRUE(Store(digest_, "{}").ok());
  clock_.Advance(std::chrono::seconds(5));
  ASSERT_TRUE(Store(digest_, "[]").ok());
  EXPECT_EQ(Find(digest_, "e 1", "p"), "[]");
  EXPECT_EQ((*registry_->FindProbe(digest_, "e 1", "p"))->created, clock_.Now());
}

TEST_F(ProbeReports, ChangeNothingThatAServerWouldServe) {
  const auto before = registry_->Generation();
  ASSERT_TRUE(Store(digest_, "{}").ok());
  EXPECT_EQ(*registry_->Generation(), *before);
}

TEST_F(ProbeReports, MustBeJson) {
  EXPECT_EQ(Store(digest_, "soon").error().code, base::Code::kInvalid);
}

TEST_F(ProbeReports, AreCollectedWithTheirArtifact) {
  const ModelVersion kept = Push(*registry_, "cancer", "1.0.0", "kept")->version;
  ASSERT_TRUE(Store(kept.artifact, "{}").ok());
  ASSERT_TRUE(Store(digest_, "{}").ok());
  const auto collect = [this] {
    return registry_->CollectGarbage(GarbageMode::kRemove, std::chrono::hours(1), "ada").ok();
  };
  ASSERT_TRUE(collect());
  EXPECT_EQ(Find(digest_, "e 1", "p"), "{}") << "its push may be in flight";
  clock_.Advance(std::chrono::hours(2));
  ASSERT_TRUE(collect());
  EXPECT_EQ(Find(digest_, "e 1", "p"), "none");
  EXPECT_EQ(Find(kept.artifact, "e 1", "p"), "{}");
}

}  // namespace
}  // namespace moorage::registry
