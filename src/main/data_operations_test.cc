#include "main/data_operations.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "edge/api/call_recorder.h"
#include "edge/api/router.h"
#include "edge/management/management_operations.h"
#include "edge/probes/probe_operations.h"

namespace moorage::main {
namespace {

using management_http::ManagementOperations;
using probes::MetricsOperations;

class NoHandler : public api::Handler {
 public:
  void Handle(api::ExchangeRef /*exchange*/, const api::PathParameters& /*path*/) override {}
};

std::vector<api::Operation> All() {
  std::vector<api::Operation> all(DataOperations().begin(), DataOperations().end());
  for (const api::Operation& operation : ManagementOperations()) all.push_back(operation);
  return all;
}

TEST(Operations, HaveNamesThatAreUniqueOnTheirPort) {
  for (const auto& operations : {All(), std::vector<api::Operation>(MetricsOperations().begin(),
                                                                    MetricsOperations().end())}) {
    std::set<std::string_view> names;
    for (const api::Operation& operation : operations) {
      EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
      EXPECT_FALSE(operation.summary.empty()) << operation.name;
      EXPECT_NE(operation.method, api::Method::kOther) << operation.name;
    }
  }
}

TEST(Operations, AreEachFoundByTheRouterUnderTheirOwnPath) {
  api::Router router;
  NoHandler handler;
  const auto operations = All();
  for (const api::Operation& operation : operations) {
    const auto added = router.Add({operation, &handler});
    ASSERT_TRUE(added.ok()) << operation.name << ": " << added.error().message;
  }
  for (const api::Operation& operation : operations) {
    std::string path(operation.path);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}') - open + 1, "cancer");
    }
    const auto match = router.Find(operation.method, path);
    ASSERT_NE(match.route, nullptr) << path;
    EXPECT_EQ(match.route->operation.name, operation.name) << path;
  }
}

TEST(Operations, DoNotAnswerPathsThatAreNotTheirs) {
  api::Router router;
  NoHandler handler;
  for (const api::Operation& operation : All()) ASSERT_TRUE(router.Add({operation, &handler}).ok());
  for (const char* path : {"/api/v1/model", "/api/v1/models/a/b", "/api/v1/models//", "", "/"}) {
    EXPECT_EQ(router.Find(api::Method::kGet, path).methods, nullptr) << path;
  }
}

TEST(Operations, AreFoundByName) {
  EXPECT_EQ(api::FindOperation(DataOperations(), "predict_v2").path, "/api/v2/predict");
  EXPECT_EQ(api::FindOperation(MetricsOperations(), "metrics").path, "/metrics");
  EXPECT_DEATH(api::FindOperation(DataOperations(), "no_such_operation"), "");
}

TEST(Operations, WantAPermissionForEverythingThatChangesTheRegistry) {
  for (const api::Operation& operation : ManagementOperations()) {
    if (operation.method == api::Method::kGet) {
      EXPECT_EQ(operation.permission, api::Permission::kRead) << operation.name;
    } else {
      EXPECT_GT(operation.permission, api::Permission::kPredict) << operation.name;
    }
    EXPECT_FALSE(operation.is_inference) << operation.name;
  }
  for (const api::Operation& operation : DataOperations()) {
    EXPECT_EQ(operation.is_inference, operation.method == api::Method::kPost) << operation.name;
  }
}

TEST(EndpointNames, AreThoseThatTheDocumentationLists) {
  std::ifstream file(MOORAGE_SOURCE_DIR "/docs/operations/metrics.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto names = api::EndpointNames(DataOperations());
  EXPECT_FALSE(names.empty());
  for (const std::string& name : names) {
    EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
  }
  EXPECT_EQ(page.find("endpoint=\"/"), std::string::npos) << "the label is no path";
}

}  // namespace
}  // namespace moorage::main
