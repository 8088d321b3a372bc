// Every operation on files and on the database fails once, and the power goes at every one of them.

#include <gtest/gtest.h>

#include "domain/registry/testing/temporary_registry.h"
#include "foundation/base/testing/faulty_file_system.h"
#include "platform/store/testing/faulty_database.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::FaultyFileSystem;
using base::PosixFileSystem;
using base::PowerLoss;
using base::SystemRandom;
using store::DirectoryBlobStore;
using store::FaultyDatabase;
using store::SqliteDatabase;

const model::ModelName kFaulty{"cancer"};
const model::Alias kFaultyAlias{"production"};

// After whatever has happened: version 1.0.0 is there whole or not at all, nothing is damaged, and
// a push finishes what was begun.
void ExpectWholeOrNothing(const std::string& directory, const base::Clock& clock, bool confirmed,
                          const std::string& when) {
  OpenRegistry registry(directory, clock);
  const auto found = registry->Find(kFaulty, Version("1.0.0"));
  if (confirmed) {
    EXPECT_TRUE(found.ok()) << when;
  }
  if (found.ok()) {
    const auto artifact = registry->LoadArtifact(*found);
    ASSERT_TRUE(artifact.ok()) << when << ": " << artifact.error().message;
    EXPECT_EQ(*artifact->model, "the graph") << when;
  } else {
    EXPECT_EQ(found.error().code, Code::kNotFound) << when;
  }
  const VerifyReport report = *registry->Verify();
  for (const base::Detail& problem : report.problems) {
    ADD_FAILURE() << when << ": " << problem.path << ": " << problem.problem;
  }
  const auto again = Push(*registry, "cancer", "1.0.0", "the graph");
  ASSERT_TRUE(again.ok()) << when << ": " << again.error().message;
  EXPECT_EQ(again->already_there, found.ok()) << when;
  // What the broken push left behind is swept without harm.
  const base::Duration at_once = -std::chrono::hours(24 * 365 * 100);
  ASSERT_TRUE(registry->CollectGarbage(GarbageMode::kRemove, at_once, "test").ok());
  EXPECT_TRUE(registry->LoadArtifact(again->version).ok()) << when;
  EXPECT_TRUE(PosixFileSystem::Get().List(directory + "/blobs/tmp")->empty()) << when;
}

// Opens everything through the two faulty layers and pushes; true if the push was confirmed.
bool OpenAndPush(const std::string& directory, const base::Clock& clock, FaultyFileSystem& files,
                 FaultyDatabase& database) {
  const auto blobs = DirectoryBlobStore::Open(files, SystemRandom::Get(), directory + "/blobs");
  if (!blobs.ok()) return false;
  const auto registry = Registry::Open({database, **blobs, clock, SystemRandom::Get()});
  if (!registry.ok()) return false;
  return Push(**registry, "cancer", "1.0.0", "the graph").ok();
}

class PowerCut : public testing::TestWithParam<PowerLoss> {
 protected:
  base::FakeClock clock_;
};

TEST_P(PowerCut, AtAnyFileOperationOfAPushLeavesTheWholeVersionOrNone) {
  bool confirmed = false;
  for (std::size_t n = 0; !confirmed; ++n) {
    ASSERT_LT(n, 200U);
    const base::TemporaryDirectory directory;
    const auto database = *SqliteDatabase::Open(directory / "moorage.db");
    FaultyDatabase faulty_database(*database);
    FaultyFileSystem files(PosixFileSystem::Get());
    files.CrashAt(n, GetParam());
    confirmed = OpenAndPush(directory.path(), clock_, files, faulty_database);
    ExpectWholeOrNothing(directory.path(), clock_, confirmed, "operation " + std::to_string(n));
  }
}

TEST_P(PowerCut, AfterAPushWasConfirmedLosesNothing) {
  const base::TemporaryDirectory directory;
  const auto database = *SqliteDatabase::Open(directory / "moorage.db");
  FaultyDatabase faulty_database(*database);
  FaultyFileSystem files(PosixFileSystem::Get());
  ASSERT_TRUE(OpenAndPush(directory.path(), clock_, files, faulty_database));
  files.CrashAt(files.operations(), GetParam());
  EXPECT_FALSE(files.Stat(directory.path()).ok());
  ExpectWholeOrNothing(directory.path(), clock_, true, "after the push");
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, PowerCut,
                         testing::Values(PowerLoss::kKeepsEverything, PowerLoss::kDropsUnsynced,
                                         PowerLoss::kTearsData));

TEST(RegistryFaults, AnyFailedFileOperationLeavesTheWholeVersionOrNone) {
  const base::FakeClock clock;
  bool confirmed = false;
  std::size_t n = 0;
  for (; !confirmed; ++n) {
    ASSERT_LT(n, 200U);
    const base::TemporaryDirectory directory;
    const auto database = *SqliteDatabase::Open(directory / "moorage.db");
    FaultyDatabase faulty_database(*database);
    FaultyFileSystem files(PosixFileSystem::Get());
    files.FailAt(n, Error{Code::kExhausted, "no space left on device"});
    confirmed = OpenAndPush(directory.path(), clock, files, faulty_database);
    ExpectWholeOrNothing(directory.path(), clock, confirmed, "operation " + std::to_string(n));
  }
  EXPECT_GT(n, 30U);  // the test has had something to fail
}

TEST(RegistryFaults, AFullDiskIsReportedAsSuch) {
  const base::FakeClock clock;
  const base::TemporaryDirectory directory;
  FaultyFileSystem files(PosixFileSystem::Get());
  OpenRegistry registry(directory.path(), clock, files);
  files.Recover();
  files.FailAt(1, Error{Code::kExhausted, "no space left on device"});
  const auto pushed = Push(*registry, "cancer", "1.0.0", "the graph");
  ASSERT_FALSE(pushed.ok());
  EXPECT_EQ(pushed.error().code, Code::kExhausted);
  EXPECT_EQ(pushed.error().message, "store model.onnx: no space left on device");
}

TEST(RegistryFaults, AnyFailedDatabaseOperationLeavesTheWholeVersionOrNone) {
  const base::FakeClock clock;
  bool confirmed = false;
  std::size_t n = 0;
  for (; !confirmed; ++n) {
    ASSERT_LT(n, 200U);
    const base::TemporaryDirectory directory;
    const auto database = *SqliteDatabase::Open(directory / "moorage.db");
    FaultyDatabase faulty_database(*database);
    faulty_database.FailAt(n, Error{Code::kUnavailable, "the database is gone"});
    FaultyFileSystem files(PosixFileSystem::Get());
    confirmed = OpenAndPush(directory.path(), clock, files, faulty_database);
    ExpectWholeOrNothing(directory.path(), clock, confirmed, "operation " + std::to_string(n));
  }
  EXPECT_GT(n, 20U);
}

// Promote and roll back: the alias, its history and the log agree, whatever failed.
TEST(RegistryFaults, AnyFailedDatabaseOperationLeavesAliasHistoryAndLogInAgreement) {
  const base::FakeClock clock;
  bool confirmed = false;
  for (std::size_t n = 0; !confirmed; ++n) {
    ASSERT_LT(n, 100U);
    const base::TemporaryDirectory directory;
    OpenRegistry real(directory.path(), clock);
    std::optional<model::Digest> before_it;
    for (const char* version : {"1.0.0", "2.0.0"}) {
      const ModelVersion pushed = Push(*real, "cancer", version, version)->version;
      Evidence evidence = EvidenceOf(pushed, Outcome::kPass);
      evidence.baseline = std::exchange(before_it, pushed.artifact);
      ASSERT_TRUE(real->RecordEvidence(std::move(evidence)).ok());
    }
    const std::int64_t before = real->Generation().value();
    FaultyDatabase faulty(real.database());
    const auto registry = *Registry::Open({faulty, real.blobs(), clock, SystemRandom::Get()});
    faulty.Recover();
    faulty.FailAt(n, Error{Code::kUnavailable, "the database is gone"});
    Promotion promotion{.name = kFaulty,
                        .to = Version("1.0.0"),
                        .alias = kFaultyAlias,
                        .actor = "alice",
                        .reason = "",
                        .expected = {}};
    confirmed = registry->Promote(promotion).ok();
    promotion.to = Version("2.0.0");
    confirmed = registry->Promote(promotion).ok() && confirmed;
    confirmed = registry
                    ->RollBack({.name = kFaulty,
                                .alias = kFaultyAlias,
                                .to = {},
                                .actor = "bob",
                                .reason = "",
                                .expected = {}})
                    .ok() &&
                confirmed;
    const std::vector<AliasMove> history = *real->History(kFaulty, kFaultyAlias);
    const std::vector<AliasTarget> aliases = *real->Aliases(kFaulty);
    EXPECT_EQ(real->Generation().value() - before, static_cast<std::int64_t>(history.size())) << n;
    ASSERT_EQ(aliases.empty(), history.empty()) << n;
    if (!aliases.empty()) {
      EXPECT_EQ(aliases[0].version, history[0].to) << n;
    }
    EXPECT_TRUE(real->Verify()->clean()) << n;
    if (confirmed) {
      EXPECT_EQ(history.size(), 3U);
    }
  }
}

}  // namespace
}  // namespace moorage::registry
