#pragma once

// A real registry in a temporary directory, for the tests of any room.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/registry/registry.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/base/testing/temporary_directory.h"
#include "foundation/json/json.h"
#include "platform/store/directory/directory_blob_store.h"
#include "platform/store/sqlite/sqlite_database.h"

namespace moorage::registry {

inline model::SemVer Version(std::string_view text) { return *model::SemVer::Parse(text); }

// A smallest manifest that reads back.
inline std::string ManifestText() { return json::ToText(model::ToJson(model::Manifest{})); }

// A real registry below one directory, with SQLite and a blob directory, opened as a process opens
// it.
class OpenRegistry {
 public:
  OpenRegistry(const std::string& directory, const base::Clock& clock,
               base::FileSystem& files = base::PosixFileSystem::Get())
      : database_(*store::SqliteDatabase::Open(directory + "/moorage.db",
                                               {.busy_timeout = std::chrono::minutes(1)})),
        blobs_(*store::DirectoryBlobStore::Open(files, base::SystemRandom::Get(),
                                                directory + "/blobs")),
        registry_(*Registry::Open({*database_, *blobs_, clock, base::SystemRandom::Get()})) {}

  Registry& operator*() { return *registry_; }
  Registry* operator->() { return registry_.get(); }
  store::SqliteDatabase& database() { return *database_; }
  store::DirectoryBlobStore& blobs() { return *blobs_; }

 private:
  std::unique_ptr<store::SqliteDatabase> database_;
  std::unique_ptr<store::DirectoryBlobStore> blobs_;
  std::unique_ptr<Registry> registry_;
};

// A push as the registry knows it (reserve, store, publish). Any opaque bytes will do for a model.
inline base::Result<Published> Push(Registry& registry, std::string_view name,
                                    std::string_view version, std::string_view bytes,
                                    std::string_view external = "weights") {
  ASSIGN_OR_RETURN(const Reservation reservation,
                   registry.Reserve(model::ModelName(std::string(name)), Version(version), "alice",
                                    Takeover::kAlways));
  const std::string manifest = ManifestText();
  const FileBytes files[] = {{std::string(model::kModelFile), bytes},
                             {std::string(model::kManifestFile), manifest},
                             {"weights.bin", external}};
  ASSIGN_OR_RETURN(const model::ArtifactIndex index, registry.StoreArtifact(files));
  return registry.Publish(reservation, index, R"({"bump":"patch"})");
}

// Every event, oldest first.
inline std::vector<Event> EventsOf(Registry& registry) {
  std::vector<Event> events = *registry.Audit({.name = {}, .since = {}, .limit = SIZE_MAX});
  std::ranges::reverse(events);
  return events;
}

inline Evidence EvidenceOf(const ModelVersion& version, Outcome outcome) {
  return {.name = version.name,
          .version = version.version,
          .artifact = version.artifact,
          .outcome = outcome,
          .dataset = model::DigestOf("data"),
          .rows = 171,
          .policy = model::DigestOf("policy"),
          .baseline = {},
          .engine = "0.1.0",
          .created = {},
          .actor = "ci",
          .report = R"({"accuracy":0.97})"};
}

// A registry of one test.
class RegistryTest : public testing::Test {
 protected:
  Registry& registry() { return *registry_; }
  const model::ModelName cancer_{"cancer"};
  const model::Alias production_{"production"};

  ModelVersion Pushed(std::string_view version, std::string_view bytes = "model bytes") {
    auto published = Push(registry(), "cancer", version, bytes);
    EXPECT_TRUE(published.ok()) << published.error().message;
    return std::move(published->version);
  }
  // A version with the evidence that a promotion asks for.
  ModelVersion Validated(std::string_view version) {
    ModelVersion pushed = Pushed(version);
    EXPECT_TRUE(registry().RecordEvidence(EvidenceOf(pushed, Outcome::kPass)).ok());
    return pushed;
  }
  base::Result<Moved> Promote(std::string_view version, std::optional<Expected> expected = {}) {
    clock_.Advance(std::chrono::minutes(1));
    return registry().Promote({.name = cancer_,
                               .to = Version(version),
                               .alias = production_,
                               .actor = "alice",
                               .reason = "release",
                               .expected = std::move(expected)});
  }
  base::Result<Moved> RollBack(std::optional<model::SemVer> to = {}) {
    clock_.Advance(std::chrono::minutes(1));
    return registry().RollBack({.name = cancer_,
                                .alias = production_,
                                .to = std::move(to),
                                .actor = "bob",
                                .reason = "alarm",
                                .expected = {}});
  }
  std::string Current() {
    const auto version = registry().Resolve({.name = cancer_, .selector = production_});
    return version.ok() ? version->version.text() : version.error().message;
  }

  base::FakeClock clock_;
  const base::TemporaryDirectory directory_;
  OpenRegistry registry_{directory_.path(), clock_};
};

}  // namespace moorage::registry
