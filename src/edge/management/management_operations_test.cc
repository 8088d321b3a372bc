#include "edge/management/management_operations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "control/management/operations.h"

namespace moorage::management_http {
namespace {

TEST(ManagementOperations, AreTheRowsThatTheServerAnswersAndNoOther) {
  const auto operations = ManagementOperations();
  for (const management::ManagementOperation* operation : management::Operations()) {
    const auto found = std::ranges::find_if(
        operations, [operation](const api::Operation& one) { return one.row == &operation->row; });
    // The data plane answers predictions itself.
    if (operation->row.name == "predict") {
      EXPECT_EQ(found, operations.end());
      continue;
    }
    ASSERT_NE(found, operations.end()) << operation->row.name;
    EXPECT_EQ(found->name, operation->row.name);
    EXPECT_EQ(found->path, operation->row.path);
    EXPECT_EQ(found->permission, operation->row.permission);
  }
}

TEST(ManagementOperations, DescribeThemselvesUnderOnePath) {
  EXPECT_EQ(OpenApiOperation().path, "/openapi.json");
  EXPECT_EQ(OpenApiOperation().permission, api::Permission::kNone);
}

}  // namespace
}  // namespace moorage::management_http
