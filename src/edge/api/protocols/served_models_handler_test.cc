#include "edge/api/protocols/served_models_handler.h"

#include <gtest/gtest.h>

#include "edge/api/protocols/operations.h"
#include "edge/api/protocols/testing/protocol_rig.h"
#include "foundation/model/manifest.h"

namespace moorage::api {
namespace {

using model::Json;

class ServedModels : public testing::Test {
 protected:
  ServedModels() { rig_.Serve("cancer", {"1.0.0", "1.1.0"}); }

  const FakeExchange& Ask(std::string_view operation, FakeExchange& call) {
    ServedModelsHandler handler(operation, rig_.door());
    return rig_.Ask(handler, call);
  }

  ProtocolRig rig_;
};

TEST_F(ServedModels, AreListedAsTheRegistryListsThem) {
  FakeExchange call(Method::kGet, "/api/v1/models");
  EXPECT_EQ(*model::ParseJson(Ask("list_models", call).body()), Json::parse(R"({"models": [
      {"name": "cancer", "created": null, "latest": "1.1.0", "version_count": 2, "aliases": [
          {"alias": "production", "version": "1.1.0", "since": null, "actor": null}]}]})"));
}

TEST_F(ServedModels, TellTheirVersions) {
  FakeExchange call(Method::kGet, "/api/v1/models/cancer");
  call.WithParameter("name", "cancer");
  const Json json = *model::ParseJson(Ask("show_model", call).body());
  ASSERT_EQ(json["versions"].size(), 2U);
  EXPECT_EQ(json["versions"][0]["version"], "1.0.0");
  EXPECT_EQ(json["versions"][1]["aliases"], Json({"production"}));
  EXPECT_TRUE(json["versions"][1]["validation"].is_null());
}

// What a client needs to score a file: the features and how the outputs read.
TEST_F(ServedModels, HaveAManifestThatReadsBackAsTheSame) {
  FakeExchange call(Method::kGet, "/api/v1/models/cancer/versions/production");
  call.WithParameter("name", "cancer").WithParameter("selector", "production");
  const Json json = *model::ParseJson(Ask("show_version", call).body());
  EXPECT_EQ(json["version"], "1.1.0");
  const auto manifest = model::ManifestFromJson(json["manifest"]);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->features, serving::FakeManifest().features);
  EXPECT_EQ(manifest->labels, serving::FakeManifest().labels);
}

TEST_F(ServedModels, ThatAreNotThereAreNotFound) {
  FakeExchange call(Method::kGet, "/api/v1/models/wine/versions/1.0.0");
  call.WithParameter("name", "wine").WithParameter("selector", "1.0.0");
  EXPECT_EQ(Ask("show_version", call).status(), 404);
}

TEST_F(ServedModels, SayWhatToDoWhereARegistryIsNeeded) {
  for (const Operation& operation : ManagementOperations()) {
    if (ServedModelsHandler::Answers(operation.name)) continue;
    FakeExchange call(operation.method, operation.path);
    Ask(operation.name, call);
    EXPECT_EQ(call.status(), 501) << operation.name;
    EXPECT_NE(call.body().find("without --model"), std::string::npos) << call.body();
  }
}

}  // namespace
}  // namespace moorage::api
