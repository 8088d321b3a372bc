#include "edge/inference/inference_operations.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace moorage::inference {
namespace {

TEST(InferenceOperations, HaveOneNameAndOnePathEach) {
  std::set<std::string_view> names;
  std::set<std::string_view> paths;
  for (const api::Operation& operation : InferenceOperations()) {
    EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
    EXPECT_TRUE(paths.insert(operation.path).second) << operation.path;
    EXPECT_FALSE(operation.summary.empty()) << operation.name;
  }
}

TEST(InferenceOperations, CountAsInferenceExactlyWhereAModelRuns) {
  for (const api::Operation& operation : InferenceOperations()) {
    const bool runs_a_model =
        operation.path.ends_with("predict") || operation.path.ends_with("infer");
    EXPECT_EQ(operation.is_inference, runs_a_model) << operation.name;
    EXPECT_EQ(operation.json_body, runs_a_model) << operation.name;
    EXPECT_EQ(operation.method, runs_a_model ? api::Method::kPost : api::Method::kGet)
        << operation.name;
    EXPECT_EQ(operation.permission,
              runs_a_model ? api::Permission::kPredict : api::Permission::kNone)
        << operation.name;
  }
}

TEST(InferenceOperations, AreProbesWhereMachinesAskWhetherAModelIsReady) {
  for (const api::Operation& operation : InferenceOperations()) {
    EXPECT_EQ(operation.is_probe, operation.path.ends_with("/ready")) << operation.name;
  }
}

}  // namespace
}  // namespace moorage::inference
