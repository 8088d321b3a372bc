#include "foundation/base/file_system.h"

#include <gtest/gtest.h>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/faulty_file_system.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::base {
namespace {

TEST(WriteFileAtomically, WritesAndReplaces) {
  const TemporaryDirectory directory;
  PosixFileSystem& files = PosixFileSystem::Get();
  const std::string path = directory / "config";
  ASSERT_TRUE(WriteFileAtomically(files, path, "one").ok());
  EXPECT_EQ(files.Read(path, 100).value(), "one");
  ASSERT_TRUE(WriteFileAtomically(files, path, "two, longer").ok());
  EXPECT_EQ(files.Read(path, 100).value(), "two, longer");
  EXPECT_EQ(files.List(directory.path()).value().size(), 1U);
}

TEST(WriteFileAtomically, ReplacesTheTemporaryOfAWriterThatDied) {
  const TemporaryDirectory directory;
  PosixFileSystem& files = PosixFileSystem::Get();
  ASSERT_TRUE(files.Create(directory / "config.tmp").ok());
  ASSERT_TRUE(WriteFileAtomically(files, directory / "config", "new").ok());
  EXPECT_EQ(files.Read(directory / "config", 100).value(), "new");
}

TEST(WriteFileAtomically, LeavesTheOldContentAndNoTemporaryWhenAnOperationFails) {
  const TemporaryDirectory directory;
  FaultyFileSystem files(PosixFileSystem::Get());
  const std::string path = directory / "config";
  ASSERT_TRUE(WriteFileAtomically(files, path, "old").ok());
  // 0 remove, 1 create, 2 append, 3 sync, 4 rename
  for (std::size_t n = 0; n <= 4; ++n) {
    files.Recover();
    files.FailAt(n, Error{Code::kExhausted, "disk full"});
    const Status status = WriteFileAtomically(files, path, "new");
    ASSERT_FALSE(status.ok()) << n;
    EXPECT_EQ(status.error().code, Code::kExhausted);
    EXPECT_EQ(PosixFileSystem::Get().Read(path, 100).value(), "old");
    EXPECT_EQ(PosixFileSystem::Get().List(directory.path()).value().size(), 1U) << n;
  }
}

class PowerCut : public testing::TestWithParam<PowerLoss> {};

TEST_P(PowerCut, AtAnyOperationLeavesTheOldOrTheNewContentWhole) {
  bool finished = false;
  for (std::size_t n = 0; !finished; ++n) {
    ASSERT_LT(n, 50U);
    const TemporaryDirectory directory;
    FaultyFileSystem files(PosixFileSystem::Get());
    const std::string path = directory / "config";
    ASSERT_TRUE(WriteFileAtomically(files, path, "old content").ok());
    files.Recover();
    files.CrashAt(n, GetParam());
    finished = WriteFileAtomically(files, path, "new content").ok();
    files.Recover();
    const std::string content = files.Read(path, 100).value();
    if (finished) {
      EXPECT_EQ(content, "new content");
    } else {
      EXPECT_TRUE(content == "old content" || content == "new content") << n << ": " << content;
    }
    EXPECT_TRUE(WriteFileAtomically(files, path, "again").ok());
    EXPECT_EQ(files.Read(path, 100).value(), "again");
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLoss, PowerCut,
                         testing::Values(PowerLoss::kKeepsEverything, PowerLoss::kDropsUnsynced,
                                         PowerLoss::kTearsData));

// The instrument itself must be able to show the faults that it stands for.
TEST(FaultyFileSystem, LosesARenameThatWasNotSynced) {
  const TemporaryDirectory directory;
  FaultyFileSystem files(PosixFileSystem::Get());
  {
    auto file = files.Create(directory / "a");
    ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("bytes")))).ok());
    ASSERT_TRUE((*file)->Sync().ok());
  }
  ASSERT_TRUE(files.SyncDirectory(directory.path()).ok());
  ASSERT_TRUE(files.Rename(directory / "a", directory / "b").ok());
  files.CrashAt(files.operations(), PowerLoss::kDropsUnsynced);
  EXPECT_FALSE(files.Stat(directory / "b").ok());
  EXPECT_FALSE(files.Stat(directory / "b").ok());
  files.Recover();
  EXPECT_EQ(files.Read(directory / "a", 10).value(), "bytes");
  EXPECT_FALSE(files.Stat(directory / "b").ok());
}

TEST(FaultyFileSystem, TearsBytesThatWereNotSynced) {
  const TemporaryDirectory directory;
  FaultyFileSystem files(PosixFileSystem::Get());
  auto file = files.Create(directory / "a");
  ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("safe")))).ok());
  ASSERT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("lost")))).ok());
  files.CrashAt(files.operations(), PowerLoss::kTearsData);
  EXPECT_FALSE((*file)->Sync().ok());
  files.Recover();
  EXPECT_EQ(files.Read(directory / "a", 10).value(), "safelo");
}

TEST(FaultyFileSystem, LosesADirectoryWhoseParentWasNotSynced) {
  const TemporaryDirectory directory;
  FaultyFileSystem files(PosixFileSystem::Get());
  ASSERT_TRUE(files.CreateDirectories(directory / "x/y").ok());
  ASSERT_TRUE(files.SyncDirectory(directory / "x").ok());
  files.CrashAt(files.operations(), PowerLoss::kDropsUnsynced);
  EXPECT_FALSE(files.Stat(directory / "x").ok());
  files.Recover();
  EXPECT_EQ(files.Stat(directory / "x").error().code, Code::kNotFound);
}

TEST(FaultyFileSystem, BringsBackARemovedFileWhoseDirectoryWasNotSynced) {
  const TemporaryDirectory directory;
  FaultyFileSystem files(PosixFileSystem::Get());
  ASSERT_TRUE(WriteFileAtomically(files, directory / "a", "bytes").ok());
  ASSERT_TRUE(files.Remove(directory / "a").ok());
  files.CrashAt(files.operations(), PowerLoss::kDropsUnsynced);
  EXPECT_FALSE(files.Stat(directory / "a").ok());
  files.Recover();
  EXPECT_EQ(files.Read(directory / "a", 10).value(), "bytes");
}

}  // namespace
}  // namespace moorage::base
