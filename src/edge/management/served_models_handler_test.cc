#include "edge/management/served_models_handler.h"

#include <gtest/gtest.h>

#include "control/management/operations.h"
#include "edge/inference/testing/protocol_rig.h"
#include "edge/management/management_operations.h"
#include "foundation/model/manifest.h"

namespace moorage::management_http {
namespace {

using json::Json;

class ServedModels : public testing::Test {
 protected:
  ServedModels() { rig_.Serve("cancer", {"1.0.0", "1.1.0"}); }

  const api::FakeExchange& Ask(const model::OperationRow& row, api::FakeExchange& call) {
    ServedModelsHandler handler(row, rig_.view());
    return rig_.Ask(handler, call);
  }

  inference::ProtocolRig rig_;
};

TEST_F(ServedModels, AreListedAsTheRegistryListsThem) {
  api::FakeExchange call(api::Method::kGet, "/api/v1/models");
  EXPECT_EQ(*json::ParseJson(Ask(management::kListModels.row, call).body()),
            Json::parse(R"({"models": [
      {"name": "cancer", "created": null, "latest": "1.1.0", "version_count": 2, "aliases": [
          {"alias": "production", "version": "1.1.0", "since": null, "actor": null}]}]})"));
}

TEST_F(ServedModels, TellTheirVersions) {
  api::FakeExchange call(api::Method::kGet, "/api/v1/models/cancer");
  call.WithParameter("name", "cancer");
  const Json json = *json::ParseJson(Ask(management::kShowModel.row, call).body());
  ASSERT_EQ(json["versions"].size(), 2U);
  EXPECT_EQ(json["versions"][0]["version"], "1.0.0");
  EXPECT_EQ(json["versions"][1]["aliases"], Json({"production"}));
  EXPECT_TRUE(json["versions"][1]["validation"].is_null());
}

// What a client needs to score a file: the features and how the outputs read.
TEST_F(ServedModels, HaveAManifestThatReadsBackAsTheSame) {
  api::FakeExchange call(api::Method::kGet, "/api/v1/models/cancer/versions/production");
  call.WithParameter("name", "cancer").WithParameter("selector", "production");
  const Json json = *json::ParseJson(Ask(management::kShowVersion.row, call).body());
  EXPECT_EQ(json["version"], "1.1.0");
  const auto manifest = model::ManifestFromJson(json["manifest"]);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->features, servable::FakeManifest().features);
  EXPECT_EQ(manifest->labels, servable::FakeManifest().labels);
}

TEST_F(ServedModels, ThatAreNotThereAreNotFound) {
  api::FakeExchange call(api::Method::kGet, "/api/v1/models/wine/versions/1.0.0");
  call.WithParameter("name", "wine").WithParameter("selector", "1.0.0");
  EXPECT_EQ(Ask(management::kShowVersion.row, call).status(), 404);
}

TEST_F(ServedModels, SayWhatToDoWhereARegistryIsNeeded) {
  for (const api::Operation& operation : ManagementOperations()) {
    if (ServedModelsHandler::Answers(*operation.row)) continue;
    api::FakeExchange call(operation.method, operation.path);
    Ask(*operation.row, call);
    EXPECT_EQ(call.status(), 501) << operation.name;
    EXPECT_NE(call.body().find(R"("remedy":{"kind":"serve_registry"})"), std::string::npos)
        << call.body();
    EXPECT_EQ(call.body().find("--"), std::string::npos) << call.body();
  }
}

}  // namespace
}  // namespace moorage::management_http
