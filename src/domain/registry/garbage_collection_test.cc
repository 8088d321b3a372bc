#include "domain/registry/garbage_collection.h"

#include <gtest/gtest.h>

#include <fstream>

#include "domain/registry/condemned_table.h"
#include "domain/registry/testing/temporary_registry.h"
#include "platform/store/testing/fake_blob_store.h"

namespace moorage::registry {
namespace {

using base::Code;

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

TEST_F(GarbageTest, TakesNoBlobThatAnotherCollectionHasCondemnedUntilThatOneHasEnded) {
  ASSERT_TRUE(blobs_.Put("orphan").ok());
  const model::Digest orphan = model::DigestOf("orphan");
  clock_.Advance(std::chrono::hours(2));
  ASSERT_TRUE(store::InTransaction(registry_.database(), store::Access::kWrite,
                                   [&](store::Transaction& transaction) {
                                     return Condemn(transaction, orphan, clock_.Now());
                                   })
                  .ok());
  EXPECT_TRUE(Collect(GarbageMode::kRemove)->blobs.empty());
  EXPECT_TRUE(blobs_.Has(orphan).value());
  // The other one was killed. What it has condemned is removed by the next, row and bytes.
  clock_.Advance(std::chrono::minutes(16));
  EXPECT_TRUE(Collect(GarbageMode::kRemove).ok());
  EXPECT_FALSE(blobs_.Has(orphan).value());
  EXPECT_TRUE(
      store::InTransaction(registry_.database(), store::Access::kRead, &ReadCondemned)->empty());
}

TEST_F(GarbageTest, SweepsTheTemporariesOfPushesThatDied) {
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
