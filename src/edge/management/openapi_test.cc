#include "edge/management/openapi.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "edge/api/testing/fake_exchange.h"
#include "edge/inference/inference_operations.h"
#include "edge/management/management_operations.h"
#include "edge/probes/probe_operations.h"
#include "foundation/json/json.h"

namespace moorage::management_http {
namespace {

using json::Json;

std::vector<api::Operation> All() {
  const auto inference = inference::InferenceOperations();
  const auto probes = probes::ProbeOperations();
  std::vector<api::Operation> all(inference.begin(), inference.end());
  all.insert(all.end(), probes.begin(), probes.end());
  all.push_back(OpenApiOperation());
  for (const api::Operation& operation : ManagementOperations()) all.push_back(operation);
  return all;
}

Json Document() { return *json::ParseJson(OpenApiDocument(All(), "0.0.0")); }

void CollectRefs(const Json& json, std::set<std::string>& refs) {
  if (json.is_object() && json.contains("$ref")) refs.insert(json["$ref"].get<std::string>());
  for (const Json& child : json) {
    if (child.is_structured()) CollectRefs(child, refs);
  }
}

TEST(OpenApi, DescribesEveryOperationUnderItsPathAndMethod) {
  const Json document = Document();
  std::size_t described = 0;
  for (const auto& path : document["paths"]) described += path.size();
  EXPECT_EQ(described, All().size());
  for (const api::Operation& operation : All()) {
    std::string method(api::Name(operation.method));
    for (char& c : method) c = static_cast<char>(c | 0x20);
    const Json& entry = document["paths"][std::string(operation.path)][method];
    EXPECT_EQ(entry["operationId"], operation.name);
    EXPECT_TRUE(entry["responses"].contains("default")) << operation.name;
    EXPECT_EQ(entry.contains("requestBody"), operation.json_body) << operation.name;
  }
}

TEST(OpenApi, RefersOnlyToSchemasThatItHasAndHasNoneThatNobodyUses) {
  const Json document = Document();
  std::set<std::string> refs;
  CollectRefs(document, refs);
  std::set<std::string> schemas;
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    schemas.insert("#/components/schemas/" + name);
    EXPECT_TRUE(schema.is_object()) << name;
  }
  EXPECT_EQ(refs, schemas);
}

TEST(OpenApi, NamesEveryParameterOfAPath) {
  const Json entry = Document()["paths"]["/v2/models/{name}/versions/{version}/infer"]["post"];
  ASSERT_EQ(entry["parameters"].size(), 2U);
  EXPECT_EQ(entry["parameters"][0]["name"], "name");
  EXPECT_EQ(entry["parameters"][1]["name"], "version");
}

TEST(OpenApi, IsTheDocumentThatWasReviewed) {
  std::ifstream file(std::string(MOORAGE_SOURCE_DIR) + "/tests/golden/openapi.json");
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  const std::string now = OpenApiDocument(All(), "0.0.0") + "\n";
  if (now == golden) return;
  const std::string path = testing::TempDir() + "openapi.json";
  std::ofstream(path) << now;
  ADD_FAILURE() << "the document has changed; if that is wanted: cp " << path
                << " tests/golden/openapi.json";
}

TEST(OpenApi, IsServedAsJson) {
  OpenApiHandler handler(OpenApiDocument(All(), "0.0.0"));
  api::FakeExchange call(api::Method::kGet, "/openapi.json");
  call.Give(handler);
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.content_type(), "application/json");
  EXPECT_TRUE(json::ParseJson(call.body()).ok());
}

}  // namespace
}  // namespace moorage::management_http
