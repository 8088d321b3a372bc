#include "edge/api/operation_kinds.h"

#include <gtest/gtest.h>

namespace moorage::api {
namespace {

TEST(OperationKinds, OfAnInferenceTakeJsonAndWantThePermissionToPredict) {
  constexpr Operation kRow = InferenceRow("predict", "/predict", "Predict");
  EXPECT_EQ(kRow.method, Method::kPost);
  EXPECT_EQ(kRow.permission, Permission::kPredict);
  EXPECT_TRUE(kRow.is_inference);
  EXPECT_TRUE(kRow.json_body);
  EXPECT_FALSE(kRow.is_probe);
}

TEST(OperationKinds, OfAQueryWantThePermissionThatTheyName) {
  EXPECT_EQ(QueryRow("models", "/models", "List").permission, Permission::kNone);
  constexpr Operation kRow = QueryRow("stats", "/stats", "Count", Permission::kRead);
  EXPECT_EQ(kRow.method, Method::kGet);
  EXPECT_EQ(kRow.permission, Permission::kRead);
  EXPECT_FALSE(kRow.is_inference);
  EXPECT_FALSE(kRow.is_probe);
  EXPECT_EQ(kRow.summary, "Count");
}

TEST(OperationKinds, OfAProbeAreMarkedAsAskedByMachines) {
  constexpr Operation kRow = ProbeRow("live", "/live", "Whether it lives");
  EXPECT_EQ(kRow.method, Method::kGet);
  EXPECT_TRUE(kRow.is_probe);
  EXPECT_FALSE(kRow.is_inference);
}

}  // namespace
}  // namespace moorage::api
