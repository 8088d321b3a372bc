#include "foundation/model/file_role.h"

#include <gtest/gtest.h>

namespace moorage::model {
namespace {

TEST(FileRole, FollowsFromTheName) {
  EXPECT_EQ(RoleOf("model.onnx"), FileRole::kModel);
  EXPECT_EQ(RoleOf("manifest.json"), FileRole::kManifest);
  EXPECT_EQ(RoleOf("reference.csv"), FileRole::kReference);
  for (const char* name : {"weights.bin", "model.onnx.data", "data/reference.csv", "MODEL.ONNX"}) {
    EXPECT_EQ(RoleOf(name), FileRole::kWeights) << name;
  }
}

}  // namespace
}  // namespace moorage::model
