#include "domain/registry/condemned_table.h"

#include <gtest/gtest.h>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;
using store::Access;
using store::InTransaction;
using store::Transaction;

class CondemnedTableTest : public RegistryTest {
 protected:
  template <typename Work>
  auto Change(Work work) {
    return InTransaction(registry_.database(), Access::kWrite, work);
  }
  std::vector<CondemnedBlob> Rows() {
    return *InTransaction(registry_.database(), Access::kRead, &ReadCondemned);
  }
};

TEST_F(CondemnedTableTest, KeepsOneRowForABlobUntilItIsEnded) {
  const model::Digest one = model::DigestOf("one");
  const model::Digest two = model::DigestOf("two");
  for (const model::Digest& digest : {one, two, one}) {
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_TRUE(Change([&](Transaction& transaction) {
                  return Condemn(transaction, digest, clock_.Now());
                }).ok());
  }
  const auto rows = Rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_LT(rows[0].digest, rows[1].digest);
  EXPECT_EQ(rows[rows[0].digest == one ? 0 : 1].since, clock_.Now());
  ASSERT_TRUE(Change([&](Transaction& transaction) {
                return RemoveCondemned(transaction, std::vector{one, two});
              }).ok());
  EXPECT_TRUE(Rows().empty());
}

TEST_F(CondemnedTableTest, AnArtifactWithACondemnedBlobIsNotPublished) {
  const Reservation reservation =
      *registry().Reserve(cancer_, Version("1.0.0"), "alice", Takeover::kIfAbandoned);
  const std::string manifest = ManifestText();
  const FileBytes files[] = {{"model.onnx", "graph"}, {"manifest.json", manifest}};
  const model::ArtifactIndex index = *registry().StoreArtifact(files);
  for (const model::Digest& digest : {index.digest(), model::DigestOf("graph")}) {
    ASSERT_TRUE(Change([&](Transaction& transaction) {
                  return Condemn(transaction, digest, clock_.Now());
                }).ok());
    const auto published = registry().Publish(reservation, index, "{}");
    ASSERT_FALSE(published.ok());
    EXPECT_EQ(published.error().code, Code::kConflict);
    EXPECT_NE(published.error().message.find(digest.value()), std::string::npos);
    ASSERT_TRUE(Change([&](Transaction& transaction) {
                  return RemoveCondemned(transaction, std::vector{digest});
                }).ok());
  }
  EXPECT_TRUE(registry().Publish(reservation, index, "{}").ok());
}

}  // namespace
}  // namespace moorage::registry
