// Bytes out of the registry, verification, garbage collection.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "domain/registry/testing/temporary_registry.h"
#include "platform/store/testing/fake_blob_store.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class CareTest : public RegistryTest {
 protected:
  void FlipFirstByte(const model::Digest& digest) {
    const std::string path = registry_.blobs().PathOf(digest);
    std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const int first = file.get();
    file.seekp(0);
    file.put(static_cast<char>(first ^ 1));
  }
};

TEST_F(CareTest, LoadsTheArtifactThatWasPushed) {
  const ModelVersion version = Pushed("1.0.0", "the graph");
  const auto artifact = registry().LoadArtifact(version);
  ASSERT_TRUE(artifact.ok()) << artifact.error().message;
  EXPECT_EQ(artifact->digest, version.artifact);
  EXPECT_EQ(*artifact->model, "the graph");
  ASSERT_EQ(artifact->external.size(), 1U);
  EXPECT_EQ(artifact->external[0].name, "weights.bin");
  EXPECT_EQ(*artifact->external[0].bytes, "weights");
  EXPECT_EQ(artifact->manifest, model::Manifest{});
  EXPECT_EQ(*registry().LoadManifest(version), model::Manifest{});
}

TEST_F(CareTest, AFlippedByteInAnyBlobIsFoundWhenItIsLoadedAndWhenItIsVerified) {
  std::size_t blobs = 0;
  for (std::size_t i = 0; i == 0 || i < blobs; ++i) {
    const base::TemporaryDirectory directory;
    OpenRegistry fresh(directory.path(), clock_);
    const ModelVersion version = Push(*fresh, "cancer", "1.0.0", "graph")->version;
    const std::vector<store::BlobInfo> all = *fresh.blobs().List();
    blobs = all.size();
    const std::string path = fresh.blobs().PathOf(all[i].digest);
    std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
    {
      std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
      file.put('~');
    }
    const auto artifact = fresh->LoadArtifact(version);
    ASSERT_FALSE(artifact.ok());
    EXPECT_EQ(artifact.error().code, Code::kCorrupt);
    EXPECT_THAT(artifact.error().message, HasSubstr(all[i].digest.value()));
    EXPECT_THAT(artifact.error().message, HasSubstr("cancer@1.0.0"));
    const VerifyReport report = *fresh->Verify();
    ASSERT_EQ(report.problems.size(), 1U);
    EXPECT_EQ(report.problems[0].path, all[i].digest.value());
    // Pushing the same bytes again heals the version.
    ASSERT_TRUE(Push(*fresh, "cancer", "1.0.0", "graph")->already_there);
    EXPECT_TRUE(fresh->LoadArtifact(version).ok());
    EXPECT_TRUE(fresh->Verify()->clean());
  }
  EXPECT_EQ(blobs, 4U);  // model, manifest, weights, index
}

TEST_F(CareTest, AMissingBlobIsDamage) {
  const ModelVersion version = Pushed("1.0.0");
  ASSERT_TRUE(registry_.blobs().Remove(model::DigestOf("weights")).ok());
  EXPECT_EQ(registry().LoadArtifact(version).error().code, Code::kCorrupt);
  VerifyReport report = *registry().Verify();
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].path, "cancer@1.0.0");
  EXPECT_THAT(report.problems[0].problem, HasSubstr("weights.bin"));
  ASSERT_TRUE(registry_.blobs().Remove(version.artifact).ok());
  EXPECT_EQ(registry().LoadManifest(version).error().code, Code::kCorrupt);
  EXPECT_EQ(registry().Verify()->problems.size(), 2U);
}

TEST_F(CareTest, VerifyCountsWhatItHasSeen) {
  Pushed("1.0.0", "graph");
  Pushed("1.1.0", "better graph");
  const VerifyReport report = *registry().Verify();
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.versions, 2U);
  EXPECT_EQ(report.blobs, 6U);
  EXPECT_GT(report.bytes, 0U);
}

TEST_F(CareTest, VerifySeesThatADatabaseWasChangedByHand) {
  Validated("1.0.0");
  Pushed("2.0.0", "other");
  ASSERT_TRUE(Promote("1.0.0").ok());
  const auto change = [&](std::string_view sql) {
    return store::InTransaction(
        registry_.database(), store::Access::kWrite,
        [&](store::Transaction& transaction) { return transaction.ExecuteScript(sql); });
  };
  ASSERT_TRUE(change("UPDATE aliases SET version = '2.0.0'").ok());
  EXPECT_EQ(registry().Verify()->problems.at(0).path, "cancer@production");
  ASSERT_TRUE(change("UPDATE aliases SET version = '1.0.0';"
                     "UPDATE artifact_files SET size = size + 1 WHERE name = 'model.onnx'")
                  .ok());
  EXPECT_EQ(registry().Verify()->problems.size(), 2U);
}

// Garbage is judged by age, so these use a store whose times are those of the fake clock.
class GarbageTest : public RegistryTest {
 protected:
  store::FakeBlobStore blobs_{clock_};
  std::unique_ptr<Registry> aged_ =
      *Registry::Open({registry_.database(), blobs_, clock_, base::SystemRandom::Get()});
  base::Result<GarbageReport> Collect(GarbageMode mode) {
    return aged_->CollectGarbage(mode, Registry::kDefaultGrace, "alice");
  }
};

TEST_F(GarbageTest, RemovesOnlyWhatNoVersionNeedsAndWhatIsOldEnough) {
  const ModelVersion kept = Push(*aged_, "cancer", "1.0.0", "kept")->version;
  const ModelVersion deleted = Push(*aged_, "cancer", "1.1.0", "deleted")->version;
  ASSERT_TRUE(aged_->Delete(cancer_, Version("1.1.0"), "alice", "").ok());
  ASSERT_TRUE(blobs_.Put("orphan of a push that died").ok());
  EXPECT_TRUE(Collect(GarbageMode::kRemove)->blobs.empty());

  clock_.Advance(Registry::kDefaultGrace + std::chrono::seconds(1));
  ASSERT_TRUE(blobs_.Put("in flight").ok());
  const GarbageReport would = *Collect(GarbageMode::kReport);
  EXPECT_EQ(would.blobs.size(), 3U);  // the deleted model, its index, the orphan
  EXPECT_EQ(blobs_.List()->size(), 8U);

  const GarbageReport done = *Collect(GarbageMode::kRemove);
  EXPECT_EQ(done.blobs, would.blobs);
  EXPECT_EQ(done.bytes, would.bytes);
  EXPECT_EQ(blobs_.List()->size(), 5U);
  EXPECT_TRUE(blobs_.Has(model::DigestOf("in flight")).value());
  EXPECT_TRUE(aged_->LoadArtifact(kept).ok());
  EXPECT_FALSE(blobs_.Has(deleted.artifact).value());
  EXPECT_TRUE(aged_->Verify()->clean());
  EXPECT_EQ(aged_->Audit({.name = {}, .since = {}, .limit = 1})->front().verb, "collect");
  EXPECT_TRUE(Collect(GarbageMode::kRemove)->blobs.empty());
}

TEST_F(GarbageTest, CollectsMoreThanOneBatch) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(blobs_.Put("orphan " + std::to_string(i)).ok());
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Collect(GarbageMode::kRemove)->blobs.size(), 300U);
  EXPECT_TRUE(blobs_.List()->empty());
}

TEST_F(GarbageTest, ANewPushOfOldBytesMakesThemYoungAgain) {
  ASSERT_TRUE(blobs_.Put("kept").ok());
  clock_.Advance(std::chrono::hours(2));
  const Reservation reservation =
      *aged_->Reserve(cancer_, Version("1.0.0"), "alice", Takeover::kIfAbandoned);
  const std::string manifest = ManifestText();
  const FileBytes files[] = {{"model.onnx", "kept"}, {"manifest.json", manifest}};
  const model::ArtifactIndex index = *aged_->StoreArtifact(files);
  EXPECT_TRUE(Collect(GarbageMode::kRemove)->blobs.empty());
  EXPECT_TRUE(aged_->Publish(reservation, index, "{}").ok());
}

TEST_F(GarbageTest, APushThatWasTooSlowIsToldToPushAgainAndNeverPublishedInPart) {
  const Reservation reservation =
      *aged_->Reserve(cancer_, Version("1.0.0"), "alice", Takeover::kIfAbandoned);
  const std::string manifest = ManifestText();
  const FileBytes files[] = {{"model.onnx", "slow"}, {"manifest.json", manifest}};
  const model::ArtifactIndex index = *aged_->StoreArtifact(files);
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Collect(GarbageMode::kRemove)->blobs.size(), 3U);
  EXPECT_EQ(aged_->Publish(reservation, index, "{}").error().code, Code::kConflict);
  ASSERT_TRUE(aged_->StoreArtifact(files).ok());
  EXPECT_TRUE(aged_->Publish(reservation, index, "{}").ok());
}

TEST_F(CareTest, SweepsTheTemporariesOfPushesThatDied) {
  std::ofstream(directory_ / "blobs/tmp/0123") << "half a model";
  base::FakeClock future;
  future.Advance(std::chrono::hours(24 * 365 * 100));
  OpenRegistry later(directory_.path(), future);
  EXPECT_EQ(later->CollectGarbage(GarbageMode::kReport, Registry::kDefaultGrace, "x")->temporaries,
            0U);
  EXPECT_EQ(later->CollectGarbage(GarbageMode::kRemove, Registry::kDefaultGrace, "x")->temporaries,
            1U);
}

}  // namespace
}  // namespace moorage::registry
