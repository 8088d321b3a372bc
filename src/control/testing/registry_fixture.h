#pragma once

// A real registry in a temporary directory, for tests.

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "control/promote/promote.h"
#include "control/push/model_files.h"
#include "control/push/push_model.h"
#include "control/validate/validate_version.h"
#include "domain/registry/registry.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/random.h"
#include "foundation/base/testing/fake_clock.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/store/directory/directory_blob_store.h"
#include "platform/store/sqlite/sqlite_database.h"

namespace moorage::control {

// A registry of its own in a temporary directory, with everything real but the clock, and short
// forms of the use cases that tests call. Each of them lets a second pass.
class RegistryFixture : public testing::Test {
 protected:
  static constexpr const char* kProgram = "moorage 0.1.0";

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
  }

  void TearDown() override {
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

  static model::ModelRef Ref(const std::string& text) {
    auto ref = model::ParseModelRef(text);
    EXPECT_TRUE(ref.ok()) << text;
    return *std::move(ref);
  }

  // "examples/<folder>/<model>" with its metadata and reference data.
  ModelFiles ExampleFiles(const std::string& folder, const std::string& model = "model.onnx") {
    ModelPaths paths;
    paths.model = MOORAGE_SOURCE_DIR "/examples/" + folder + "/" + model;
    auto read = ReadModelFiles(files_, paths);
    EXPECT_TRUE(read.ok()) << read.error().message;
    return read.ok() ? *std::move(read) : ModelFiles();
  }
  static ModelFiles BareFiles(std::string bytes) {
    ModelFiles files;
    files.model = std::make_shared<const std::string>(std::move(bytes));
    return files;
  }

  base::Result<PushResult> PushVersion(const std::string& name, ModelFiles files,
                                       VersionWish wish = {}) {
    clock_.Advance(std::chrono::seconds(1));
    return PushModel({.registry = *registry_,
                      .backend = backend(),
                      .prober = prober_,
                      .program = kProgram})
        .Run({.name = model::ModelName(name),
              .files = std::move(files),
              .options = {},
              .wish = std::move(wish),
              .actor = "ada"});
  }
  base::Result<ValidateResult> ValidateOn(const std::string& data, const std::string& ref,
                                          std::optional<std::string_view> policy = std::nullopt) {
    clock_.Advance(std::chrono::seconds(1));
    return ValidateVersion(
               {.registry = *registry_, .backend = backend(), .clock = clock_, .program = kProgram})
        .Run({.ref = Ref(ref),
              .data = data,
              .target = "target",
              .ignored = {},
              .policy = policy,
              .baseline = ProductionBaseline{},
              .actor = "ada"});
  }
  // With a PASS, or with the rule waived.
  base::Result<registry::Moved> PointAlias(const std::string& alias, const std::string& ref,
                                           registry::EvidenceRule rule) {
    clock_.Advance(std::chrono::seconds(1));
    return Promote({.registry = *registry_})
        .Run({.ref = Ref(ref),
              .alias = model::Alias(alias),
              .expected = std::nullopt,
              .rule = rule,
              .reason = "test",
              .actor = "ada"});
  }

  // Pushes, validates with a PASS and promotes to production.
  void Release(const std::string& folder, const std::string& file, const std::string& version) {
    ASSERT_TRUE(PushVersion(folder, ExampleFiles(folder, file)).ok());
    const std::string ref = folder + "@" + version;
    const auto validated = ValidateOn(Example(folder + "/test.csv"), ref);
    ASSERT_TRUE(validated.ok()) << validated.error().message;
    ASSERT_EQ(validated->report.verdict.outcome, model::Outcome::kPass);
    const auto promoted = PointAlias("production", ref, registry::EvidenceRule::kRequired);
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
  servable::ProberHere prober_{backend(), base::SystemClock::Get(), 32};
  std::string root_;
  std::unique_ptr<store::SqliteDatabase> database_;
  std::unique_ptr<store::DirectoryBlobStore> blobs_;
  std::unique_ptr<registry::Registry> registry_;
};

}  // namespace moorage::control
