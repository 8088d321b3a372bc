#include "domain/registry/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class VerificationTest : public RegistryTest {};

TEST_F(VerificationTest, AFlippedByteInAnyBlobIsFoundWhenItIsLoadedAndWhenItIsVerified) {
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
    // Pushing the same bytes again repairs the version.
    ASSERT_TRUE(Push(*fresh, "cancer", "1.0.0", "graph")->already_there);
    EXPECT_TRUE(fresh->LoadArtifact(version).ok());
    EXPECT_TRUE(fresh->Verify()->clean());
  }
  EXPECT_EQ(blobs, 4U);  // model, manifest, weights, index
}

TEST_F(VerificationTest, AMissingBlobIsDamage) {
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

TEST_F(VerificationTest, VerifyCountsWhatItHasSeen) {
  Pushed("1.0.0", "graph");
  Pushed("1.1.0", "better graph");
  const VerifyReport report = *registry().Verify();
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.versions, 2U);
  EXPECT_EQ(report.blobs, 6U);
  EXPECT_GT(report.bytes, 0U);
}

TEST_F(VerificationTest, VerifySeesThatADatabaseWasChangedByHand) {
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

}  // namespace
}  // namespace moorage::registry
