#include "foundation/base/file_system.h"

#include <gtest/gtest.h>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/faulty_file_system.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::base {
namespace {

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
  {
    auto file = files.Create(directory / "a");
    ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("bytes")))).ok());
    ASSERT_TRUE((*file)->Sync().ok());
  }
  ASSERT_TRUE(files.SyncDirectory(directory.path()).ok());
  ASSERT_TRUE(files.Remove(directory / "a").ok());
  files.CrashAt(files.operations(), PowerLoss::kDropsUnsynced);
  EXPECT_FALSE(files.Stat(directory / "a").ok());
  files.Recover();
  EXPECT_EQ(files.Read(directory / "a", 10).value(), "bytes");
}

}  // namespace
}  // namespace moorage::base
