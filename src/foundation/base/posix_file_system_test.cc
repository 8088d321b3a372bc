#include "foundation/base/posix_file_system.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "foundation/base/testing/temporary_directory.h"

namespace moorage::base {
namespace {

PosixFileSystem& Files() { return PosixFileSystem::Get(); }

void Write(const std::string& path, std::string_view text) {
  auto file = Files().Create(path);
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(text))).ok());
  ASSERT_TRUE((*file)->Sync().ok());
}

TEST(PosixFileSystem, ReadsBackWhatWasAppended) {
  const TemporaryDirectory directory;
  const std::string path = directory / "file";
  auto file = Files().Create(path);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("sea ")))).ok());
  ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("wall")))).ok());
  ASSERT_TRUE((*file)->Sync().ok());
  EXPECT_EQ(Files().Read(path, 100).value(), "sea wall");
  EXPECT_EQ(Files().Read(path, 8).value(), "sea wall");
}

TEST(PosixFileSystem, RefusesToReadMoreThanTheLimit) {
  const TemporaryDirectory directory;
  Write(directory / "file", std::string(200'000, 'x'));
  EXPECT_EQ(Files().Read(directory / "file", 200'000).value().size(), 200'000U);
  for (const std::uint64_t limit : {0U, 1U, 65'536U, 199'999U}) {
    EXPECT_EQ(Files().Read(directory / "file", limit).error().code, Code::kExhausted);
  }
  EXPECT_EQ(Files().Read(directory / "file", UINT64_MAX).value().size(), 200'000U);
  Write(directory / "empty", "");
  EXPECT_EQ(Files().Read(directory / "empty", 0).value(), "");
}

TEST(PosixFileSystem, ReadsFilesWhoseSizeTheSystemDoesNotKnow) {
  const auto status = Files().Read("/proc/self/status", 1 << 20);
  ASSERT_TRUE(status.ok());
  EXPECT_NE(status->find("Pid:"), std::string::npos);
  EXPECT_EQ(Files().Read("/dev/zero", 300'000).error().code, Code::kExhausted);
}

TEST(PosixFileSystem, NamesTheCodeThePathAndTheReason) {
  const TemporaryDirectory directory;
  const std::string missing = directory / "missing";
  const Error error = Files().Read(missing, 1).error();
  EXPECT_EQ(error.code, Code::kNotFound);
  EXPECT_EQ(error.message, "read " + missing + ": No such file or directory");
  Write(directory / "file", "x");
  EXPECT_EQ(Files().Create(directory / "file").error().code, Code::kConflict);
  EXPECT_EQ(Files().Read(directory / "file/below", 1).error().code, Code::kNotFound);
  EXPECT_EQ(Files().Read(directory.path(), 1).error().code, Code::kUnavailable);
  EXPECT_EQ(Files().Remove(directory.path()).error().code, Code::kConflict);
  EXPECT_EQ(Files().Stat(missing).error().code, Code::kNotFound);
  EXPECT_EQ(Files().List(missing).error().code, Code::kNotFound);
  EXPECT_EQ(Files().Rename(missing, missing).error().code, Code::kNotFound);
  EXPECT_EQ(Files().SyncDirectory(missing).error().code, Code::kNotFound);
}

TEST(PosixFileSystem, MakesEveryDirectoryThatIsMissing) {
  const TemporaryDirectory directory;
  for (const char* path : {"a/b/c", "a/b/c", "a/b/d/", "a/./e/../f"}) {
    EXPECT_TRUE(Files().CreateDirectories(directory / path).ok()) << path;
    EXPECT_TRUE(Files().Stat(directory / path)->is_directory) << path;
  }
  Write(directory / "file", "x");
  EXPECT_FALSE(Files().CreateDirectories(directory / "file").ok());
  EXPECT_FALSE(Files().CreateDirectories(directory / "file/below").ok());
  EXPECT_EQ(Files().CreateDirectories("/proc/none/below").error().code, Code::kNotFound);
}

// The largest file that the process may write stands for a full disk.
TEST(PosixFileSystem, AFullDiskIsExhaustedAndNamesTheFile) {
  const TemporaryDirectory directory;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto file = Files().Create(directory / "file");
  const std::string bytes(5000, 'x');
  const Status status = (*file)->Append(std::as_bytes(std::span(bytes)));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kExhausted);
  EXPECT_NE(status.error().message.find(directory / "file"), std::string::npos);
}

TEST(PosixFileSystem, DoesNotCreateThroughADanglingLink) {
  const TemporaryDirectory directory;
  ASSERT_EQ(::symlink((directory / "elsewhere").c_str(), (directory / "link").c_str()), 0);
  EXPECT_EQ(Files().Create(directory / "link").error().code, Code::kConflict);
  EXPECT_EQ(Files().Stat(directory / "elsewhere").error().code, Code::kNotFound);
}

TEST(PosixFileSystem, RenameReplacesTheTargetInOneStep) {
  const TemporaryDirectory directory;
  Write(directory / "old", "old");
  Write(directory / "new", "new");
  ASSERT_TRUE(Files().Rename(directory / "new", directory / "old").ok());
  EXPECT_EQ(Files().Read(directory / "old", 10).value(), "new");
  EXPECT_EQ(Files().Stat(directory / "new").error().code, Code::kNotFound);
}

TEST(PosixFileSystem, MakesFilesReadOnlyUnderAnyUmask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(0077);
  auto file = Files().Create(directory / "file");
  ::umask(before);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->MakeReadOnly().ok());
  ASSERT_TRUE((*file)->Append(std::as_bytes(std::span(std::string_view("still open")))).ok());
  struct stat info{};
  ASSERT_EQ(::stat((directory / "file").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0444U);
}

TEST(PosixFileSystem, ListsByNameAndTellsDirectoriesFromFiles) {
  const TemporaryDirectory directory;
  Write(directory / "b", "22");
  Write(directory / "a", "1");
  ASSERT_TRUE(Files().CreateDirectories(directory / "c/d").ok());
  ASSERT_TRUE(Files().CreateDirectories(directory / "c/d").ok());
  const auto entries = Files().List(directory.path());
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[0].name, "a");
  EXPECT_EQ((*entries)[1].name, "b");
  EXPECT_EQ((*entries)[1].size, 2U);
  EXPECT_FALSE((*entries)[1].is_directory);
  EXPECT_TRUE((*entries)[2].is_directory);
  EXPECT_EQ(Files().Stat(directory / "b").value().modified, (*entries)[1].modified);
}

TEST(PosixFileSystem, DoesNotLeakDescriptorsIntoChildren) {
  const TemporaryDirectory directory;
  // The lowest free descriptor is the one that Create will take.
  const int next = ::dup(STDIN_FILENO);
  ASSERT_GE(next, 0);
  ::close(next);
  const auto file = Files().Create(directory / "file");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(::fcntl(next, F_GETFD), FD_CLOEXEC);
}

}  // namespace
}  // namespace moorage::base
