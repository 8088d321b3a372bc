#include "edge/api/protocols/operations.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "edge/api/router.h"

namespace moorage::api {
namespace {

class NoHandler : public Handler {
 public:
  void Handle(ExchangeRef /*exchange*/, const PathParameters& /*path*/) override {}
};

std::vector<Operation> All() {
  std::vector<Operation> all(DataOperations().begin(), DataOperations().end());
  for (const Operation& operation : ManagementOperations()) all.push_back(operation);
  return all;
}

TEST(Operations, HaveNamesThatAreUniqueOnTheirPort) {
  for (const auto& operations :
       {All(), std::vector<Operation>(MetricsOperations().begin(), MetricsOperations().end())}) {
    std::set<std::string_view> names;
    for (const Operation& operation : operations) {
      EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
      EXPECT_FALSE(operation.summary.empty()) << operation.name;
      EXPECT_NE(operation.method, Method::kOther) << operation.name;
    }
  }
}

TEST(Operations, AreEachFoundByTheRouterUnderTheirOwnPath) {
  Router router;
  NoHandler handler;
  const auto operations = All();
  for (const Operation& operation : operations) {
    const auto added = router.Add({operation, &handler});
    ASSERT_TRUE(added.ok()) << operation.name << ": " << added.error().message;
  }
  for (const Operation& operation : operations) {
    std::string path(operation.path);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}') - open + 1, "cancer");
    }
    const auto match = router.Find(operation.method, path);
    ASSERT_NE(match.route, nullptr) << path;
    EXPECT_EQ(match.route->operation.name, operation.name) << path;
  }
}

TEST(Operations, AreFoundByName) {
  EXPECT_EQ(FindOperation(DataOperations(), "predict_v2").path, "/api/v2/predict");
  EXPECT_EQ(FindOperation(MetricsOperations(), "metrics").path, "/metrics");
  EXPECT_DEATH(FindOperation(DataOperations(), "no_such_operation"), "");
}

TEST(Operations, WantAPermissionForEverythingThatChangesTheRegistry) {
  for (const Operation& operation : ManagementOperations()) {
    if (operation.method == Method::kGet) {
      EXPECT_EQ(operation.permission, Permission::kRead) << operation.name;
    } else {
      EXPECT_GT(operation.permission, Permission::kPredict) << operation.name;
    }
    EXPECT_FALSE(operation.is_inference) << operation.name;
  }
  for (const Operation& operation : DataOperations()) {
    EXPECT_EQ(operation.is_inference, operation.method == Method::kPost) << operation.name;
  }
}

}  // namespace
}  // namespace moorage::api
