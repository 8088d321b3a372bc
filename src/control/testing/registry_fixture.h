#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "control/management/local_management.h"
#include "control/push/model_files.h"
#include "domain/registry/registry.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/random.h"
#include "foundation/base/testing/fake_clock.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/store/directory/directory_blob_store.h"
#include "platform/store/sqlite/sqlite_database.h"

namespace moorage::control {

// A registry of its own in a temporary directory, with everything real but the clock, and short
// words for the calls that tests make.
class RegistryFixture : public testing::Test {
 protected:
  using Query = std::map<std::string, std::string>;

  void SetUp() override {
    root_ = testing::TempDir() + "/moorage-control-" + base::RandomHex(random(), 8);
    auto database = store::SqliteDatabase::Open(root_ + "/moorage.db");
    ASSERT_TRUE(database.ok()) << database.error().message;
    database_ = *std::move(database);
    auto blobs = store::DirectoryBlobStore::Open(files_, random(), root_ + "/blobs");
    ASSERT_TRUE(blobs.ok()) << blobs.error().message;
    blobs_ = *std::move(blobs);
    auto opened = registry::Registry::Open(
        {.database = *database_, .blobs = *blobs_, .clock = clock_, .random = random()});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    registry_ = *std::move(opened);
    management_ = std::make_unique<management::LocalManagement>(
        management::LocalManagement::Deps{.registry = *registry_,
                                          .backend = backend(),
                                          .clock = clock_,
                                          .random = random(),
                                          .program = "moorage 0.1.0"});
  }

  void TearDown() override {
    management_.reset();
    registry_.reset();
    blobs_.reset();
    database_.reset();
    std::filesystem::remove_all(root_);
  }

  static base::Random& random() { return base::SystemRandom::Get(); }
  static runtime::Backend& backend() {
    static runtime::OnnxBackend backend;
    return backend;
  }

  static std::string ReadText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::string Example(const std::string& name) {
    return ReadText(MOORAGE_SOURCE_DIR "/examples/" + name);
  }
  static std::string TestModel(const std::string& name) {
    return ReadText(MOORAGE_SOURCE_DIR "/tests/testdata/models/" + name);
  }

  base::Result<model::ApiReply> Call(std::string method, std::string path, Query query = {},
                                     json::Json body = nullptr,
                                     std::vector<model::ApiPart> parts = {}) {
    clock_.Advance(std::chrono::seconds(1));
    return management_->Handle({.method = std::move(method),
                                .path = std::move(path),
                                .query = std::move(query),
                                .body = std::move(body),
                                .parts = std::move(parts),
                                .actor = "ada"});
  }

  static json::Json Rows(const std::string& text) {
    auto json = json::ParseJson(text);
    EXPECT_TRUE(json.ok()) << text;
    return json.ok() ? *std::move(json) : json::Json();
  }

  // The body of an answer that must be there.
  static json::Json Body(const base::Result<model::ApiReply>& reply) {
    EXPECT_TRUE(reply.ok()) << reply.error().message;
    return reply.ok() ? reply->body : json::Json();
  }

  // "examples/<folder>/<model>" with its metadata and reference data.
  std::vector<model::ApiPart> ExampleParts(const std::string& folder,
                                           const std::string& model = "model.onnx") {
    const std::string directory = MOORAGE_SOURCE_DIR "/examples/" + folder + "/";
    ModelPaths paths;
    paths.model = directory + model;
    auto read = ReadModelFiles(files_, paths);
    EXPECT_TRUE(read.ok()) << read.error().message;
    return read.ok() ? ToParts(*std::move(read)) : std::vector<model::ApiPart>();
  }

  base::Result<model::ApiReply> Push(const std::string& name, std::vector<model::ApiPart> parts,
                                     Query query = {}) {
    return Call("POST", "/api/v1/models/" + name + "/versions", std::move(query), nullptr,
                std::move(parts));
  }
  base::Result<model::ApiReply> Validate(const std::string& name, const std::string& selector,
                                         std::vector<model::ApiPart> parts, Query query) {
    return Call("POST", "/api/v1/models/" + name + "/versions/" + selector + "/validations",
                std::move(query), nullptr, std::move(parts));
  }
  base::Result<model::ApiReply> Promote(const std::string& name, const std::string& alias,
                                        json::Json body) {
    return Call("PUT", "/api/v1/models/" + name + "/aliases/" + alias, {}, std::move(body));
  }

  // Pushes, validates with a PASS and promotes to production.
  void Release(const std::string& folder, const std::string& file, const std::string& version) {
    ASSERT_TRUE(Push(folder, ExampleParts(folder, file)).ok());
    const auto validated = Validate(folder, version, {{"data", "", Example(folder + "/test.csv")}},
                                    {{"target", "target"}});
    ASSERT_TRUE(validated.ok()) << validated.error().message;
    ASSERT_EQ(validated->body["outcome"], "PASS") << json::ToPrettyText(validated->body);
    const auto promoted = Promote(folder, "production", {{"version", version}});
    ASSERT_TRUE(promoted.ok()) << promoted.error().message;
  }

  // What must hold after a push that was refused before anything was stored.
  void ExpectNothingStored() {
    const auto models = registry_->Models();
    ASSERT_TRUE(models.ok());
    EXPECT_TRUE(models->empty());
    const auto stored = blobs_->List();
    ASSERT_TRUE(stored.ok());
    EXPECT_TRUE(stored->empty());
    const auto events = registry_->Audit({});
    ASSERT_TRUE(events.ok());
    EXPECT_TRUE(events->empty());
  }

  base::PosixFileSystem files_;
  base::FakeClock clock_;
  std::string root_;
  std::unique_ptr<store::SqliteDatabase> database_;
  std::unique_ptr<store::DirectoryBlobStore> blobs_;
  std::unique_ptr<registry::Registry> registry_;
  std::unique_ptr<management::LocalManagement> management_;
};

}  // namespace moorage::control
