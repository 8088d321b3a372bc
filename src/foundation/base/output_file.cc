#include "foundation/base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "foundation/base/mount_point.h"

namespace moorage::base {
namespace {

constexpr mode_t kNewFile = 0666;  // less what the umask takes
constexpr mode_t kPermissions = 07777;
constexpr int kMaxNames = 100;  // temporary names that are tried

Error CannotWrite(const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  Error answer{full ? Code::kStorageFull : Code::kUnavailable,
               "write " + path + ": " + std::generic_category().message(error)};
  if (full) answer.message += " (" + FileSystemOf(path) + ")";
  return answer;
}

// Returns 0 or the number of the error.
int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Pipes and devices cannot be synced, and need not be.
int SyncBytes(int fd) {
  if (::fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS) return 0;
  return errno;
}

// Also closes it. Some file systems report a full disk at the close only.
int WriteAndClose(int fd, std::string_view bytes) {
  int error = WriteAll(fd, bytes);
  if (error == 0) error = SyncBytes(fd);
  if (::close(fd) < 0 && error == 0 && errno != EINTR) error = errno;
  return error;
}

int WriteThrough(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, kNewFile);
  return fd < 0 ? errno : WriteAndClose(fd, bytes);
}

std::string TemporaryName(const std::string& path) {
  static std::atomic<unsigned> count{0};
  return path + "." + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".tmp";
}

void SyncParent(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int fd = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a directory may be written without being read
  (void)::fsync(fd);
  ::close(fd);
}

// `before` is null where nothing has the name.
int Replace(const std::string& path, const struct stat* before, std::string_view bytes) {
  std::string temporary;
  int fd = -1;
  for (int i = 0; fd < 0 && i < kMaxNames; ++i) {
    temporary = TemporaryName(path);
    // A file that has the name belongs to the user or to another writer.
    fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewFile);
    if (fd < 0 && errno != EEXIST) return errno;
  }
  if (fd < 0) return EEXIST;
  // Before the bytes, so that they are never readable by more users than the old ones.
  if (before != nullptr) (void)::fchmod(fd, before->st_mode & kPermissions);
  int error = WriteAndClose(fd, bytes);
  if (error == 0 && std::rename(temporary.c_str(), path.c_str()) < 0) error = errno;
  if (error != 0) {
    (void)::unlink(temporary.c_str());
    return error;
  }
  SyncParent(path);
  return 0;
}

}  // namespace

Status WriteOutput(const std::string& path, std::string_view bytes) {
  struct stat info{};
  const bool missing = ::lstat(path.c_str(), &info) < 0 && errno == ENOENT;
  const bool plain =
      !missing && S_ISREG(info.st_mode) && info.st_nlink == 1 && info.st_uid == ::geteuid();
  int error = 0;
  if (missing || plain) {
    error = Replace(path, missing ? nullptr : &info, bytes);
    // The directory takes no new name, but the file may be written.
    if (plain && (error == EACCES || error == EPERM || error == EROFS)) {
      error = WriteThrough(path, bytes);
    }
  } else {
    error = WriteThrough(path, bytes);
  }
  if (error != 0) return CannotWrite(path, error);
  return {};
}

bool IsStandardOutput(const std::string& path) {
  struct stat named{};
  struct stat standard{};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(STDOUT_FILENO, &standard) == 0 &&
         named.st_dev == standard.st_dev && named.st_ino == standard.st_ino;
}

}  // namespace moorage::base
