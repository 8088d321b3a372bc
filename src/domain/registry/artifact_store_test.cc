#include "domain/registry/artifact_store.h"

#include <gtest/gtest.h>

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
