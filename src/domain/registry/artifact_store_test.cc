#include "domain/registry/artifact_store.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;

class ArtifactStoreTest : public RegistryTest {};

TEST_F(ArtifactStoreTest, LoadsTheArtifactThatWasPushed) {
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

// A version of these files, published without the checks of a push.
base::Result<ModelVersion> Publish(Registry& registry, std::span<const FileBytes> files) {
  ASSIGN_OR_RETURN(
      const Reservation reservation,
      registry.Reserve(model::ModelName("cancer"), Version("1.0.0"), "alice", Takeover::kAlways));
  ASSIGN_OR_RETURN(const model::ArtifactIndex index, registry.StoreArtifact(files));
  ASSIGN_OR_RETURN(Published published, registry.Publish(reservation, index, "{}"));
  return std::move(published.version);
}

TEST_F(ArtifactStoreTest, GivesABackendTheGraphAndItsWeightsOnly) {
  const std::string manifest = ManifestText();
  const FileBytes files[] = {{"model.onnx", "graph"},
                             {"manifest.json", manifest},
                             {"reference.csv", "a,b\n1,2\n"},
                             {"weights.bin", "weights"}};
  const auto version = Publish(registry(), files);
  ASSERT_TRUE(version.ok()) << version.error().message;
  const auto artifact = registry().LoadArtifact(*version);
  ASSERT_TRUE(artifact.ok()) << artifact.error().message;
  ASSERT_EQ(artifact->external.size(), 1U);
  EXPECT_EQ(artifact->external[0].name, "weights.bin");
}

TEST_F(ArtifactStoreTest, AManifestThatNothingReadsIsDamageAndNotTheCallersFault) {
  for (const char* manifest : {"{", "[]", R"({"format": 99})"}) {
    const base::TemporaryDirectory folder;
    OpenRegistry other(folder.path(), clock_);
    const FileBytes files[] = {{"model.onnx", "graph"}, {"manifest.json", manifest}};
    const auto version = Publish(*other, files);
    ASSERT_TRUE(version.ok()) << version.error().message;
    EXPECT_EQ(other->LoadManifest(*version).error().code, Code::kCorrupt) << manifest;
    EXPECT_EQ(other->LoadArtifact(*version).error().code, Code::kCorrupt) << manifest;
  }
}

TEST_F(ArtifactStoreTest, RefusesArtifactsThatAreIncompleteOrAmbiguous) {
  const auto store = [&](std::vector<FileBytes> files) { return registry().StoreArtifact(files); };
  EXPECT_EQ(store({{"manifest.json", "{}"}}).error().code, Code::kInvalid);
  EXPECT_EQ(store({{"model.onnx", "x"}}).error().code, Code::kInvalid);
  EXPECT_EQ(store({{"model.onnx", "x"}, {"manifest.json", "{}"}, {"model.onnx", "y"}}).error().code,
            Code::kInvalid);
  EXPECT_EQ(store({{"model.onnx", "x"}, {"manifest.json", "{}"}, {"../escape", "y"}}).error().code,
            Code::kInvalid);
  EXPECT_TRUE(registry_.blobs().List()->empty());
}

}  // namespace
}  // namespace moorage::registry
