#include "foundation/base/posix_file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "foundation/base/mount_point.h"

namespace moorage::base {
namespace {

Code CodeOf(int error) {
  switch (error) {
    case ENOENT:
    // A parent that is a file holds nothing of that name.
    case ENOTDIR:
      return Code::kNotFound;
    case EEXIST:
    case ENOTEMPTY:
      return Code::kConflict;
    case ENOSPC:
    case EDQUOT:
      return Code::kStorageFull;
    case EFBIG:
      return Code::kExhausted;
    default:
      return Code::kUnavailable;
  }
}

Error SystemError(std::string_view verb, const std::string& path, int error) {
  Error system{CodeOf(error),
               fmt::format("{} {}: {}", verb, path, std::generic_category().message(error))};
  // The operator makes room on the file system, which the path alone does not name.
  if (system.code == Code::kStorageFull) system.message += " (" + FileSystemOf(path) + ")";
  return system;
}

// Repeats a system call that a signal has interrupted.
template <typename Call>
auto Retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  // Never repeats a close. On Linux the descriptor is gone even when close reports EINTR.
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

Result<Descriptor> Open(std::string_view verb, const std::string& path, int flags) {
  const int fd = Retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (fd < 0) return SystemError(verb, path, errno);
  return Descriptor(fd);
}

Time ModifiedOf(const struct stat& info) {
  return Time(std::chrono::seconds(info.st_mtim.tv_sec) +
              std::chrono::microseconds(info.st_mtim.tv_nsec / 1000));
}

FileInfo InfoOf(std::string name, const struct stat& info) {
  return FileInfo{.name = std::move(name),
                  .size = static_cast<std::uint64_t>(info.st_size),
                  .modified = ModifiedOf(info),
                  .is_directory = S_ISDIR(info.st_mode)};
}

class PosixFile : public WritableFile {
 public:
  PosixFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  Status Append(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          Retry([&] { return ::write(file_.fd(), bytes.data(), bytes.size()); });
      if (written < 0) return SystemError("write", path_, errno);
      // A short write is no error. The next call writes the rest or gives the reason, such as
      // ENOSPC.
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Status Sync() override {
    // Repeats after EINTR only. After another error the kernel may have dropped the dirty pages,
    // and a second fsync would succeed without them.
    if (Retry([&] { return ::fsync(file_.fd()); }) < 0) return SystemError("sync", path_, errno);
    return {};
  }

  Status MakeReadOnly() override {
    if (Retry([&] { return ::fchmod(file_.fd(), 0444); }) < 0) {
      return SystemError("make read-only", path_, errno);
    }
    return {};
  }

 private:
  const std::string path_;
  const Descriptor file_;
};

}  // namespace

PosixFileSystem& PosixFileSystem::Get() {
  static PosixFileSystem files;
  return files;
}

Result<std::unique_ptr<WritableFile>> PosixFileSystem::Create(const std::string& path) {
  ASSIGN_OR_RETURN(Descriptor file, Open("create", path, O_WRONLY | O_CREAT | O_EXCL));
  return std::make_unique<PosixFile>(path, std::move(file));
}

Result<std::string> PosixFileSystem::Read(const std::string& path, std::uint64_t limit) {
  ASSIGN_OR_RETURN(const Descriptor file, Open("read", path, O_RDONLY));
  struct stat info{};
  if (::fstat(file.fd(), &info) < 0) return SystemError("read", path, errno);
  if (S_ISDIR(info.st_mode)) return SystemError("read", path, EISDIR);

  constexpr std::uint64_t kChunk = 1 << 16;
  std::string text;
  if (S_ISREG(info.st_mode)) {
    text.reserve(std::min(static_cast<std::uint64_t>(info.st_size), limit));
  }
  // Uses the size as a hint only. Pipes have none, and a file may grow while it is read.
  std::uint64_t used = 0;
  while (used <= limit) {
    const std::uint64_t known = static_cast<std::uint64_t>(info.st_size);
    const std::uint64_t want = std::max(kChunk, known > used ? known - used : 0);
    // Asks for one byte beyond the limit, which distinguishes a file of `limit` bytes from a larger
    // one.
    const std::uint64_t left = limit - used;
    text.resize(used + (want > left ? left + 1 : want));
    const ssize_t got =
        Retry([&] { return ::read(file.fd(), text.data() + used, text.size() - used); });
    if (got < 0) return SystemError("read", path, errno);
    used += static_cast<std::uint64_t>(got);
    if (got == 0) {
      text.resize(used);
      return text;
    }
  }
  return Error{Code::kExhausted, fmt::format("read {}: larger than {} bytes", path, limit)};
}

Status PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) < 0) {
    return SystemError("rename " + from + " to", to, errno);
  }
  return {};
}

Status PosixFileSystem::Remove(const std::string& path) {
  if (std::remove(path.c_str()) < 0) return SystemError("remove", path, errno);
  return {};
}

Status PosixFileSystem::CreateDirectories(const std::string& path) {
  // Those that are missing, the innermost first.
  std::vector<std::filesystem::path> missing;
  std::filesystem::path part = path;
  if (!part.has_filename()) part = part.parent_path();  // "data/" is "data"
  struct stat info{};
  for (; !part.empty() && ::stat(part.c_str(), &info) < 0; part = part.parent_path()) {
    if (errno != ENOENT) return SystemError("create directory", path, errno);
    missing.push_back(part);
  }
  if (!part.empty() && !S_ISDIR(info.st_mode)) {
    return SystemError("create directory", path, ENOTDIR);
  }
  for (auto directory = missing.rbegin(); directory != missing.rend(); ++directory) {
    // Another process may make the same directory.
    if (::mkdir(directory->c_str(), 0777) < 0 && errno != EEXIST) {
      return SystemError("create directory", directory->string(), errno);
    }
    const std::filesystem::path parent = directory->parent_path();
    RETURN_IF_ERROR(SyncDirectory(parent.empty() ? "." : parent.string()));
  }
  return {};
}

Status PosixFileSystem::SyncDirectory(const std::string& path) {
  ASSIGN_OR_RETURN(const Descriptor directory,
                   Open("sync directory", path, O_RDONLY | O_DIRECTORY));
  if (Retry([&] { return ::fsync(directory.fd()); }) < 0) {
    return SystemError("sync directory", path, errno);
  }
  return {};
}

Result<std::vector<FileInfo>> PosixFileSystem::List(const std::string& path) {
  std::vector<FileInfo> entries;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string entry_path = entry->path().string();
    struct stat info{};
    // Does not follow links, because a link to a missing file is an entry as well.
    if (::lstat(entry_path.c_str(), &info) < 0) {
      if (errno == ENOENT) continue;  // removed since it was read
      return SystemError("list", entry_path, errno);
    }
    entries.push_back(InfoOf(entry->path().filename().string(), info));
  }
  if (error) return SystemError("list", path, error.value());
  std::ranges::sort(entries, {}, &FileInfo::name);
  return entries;
}

Result<FileInfo> PosixFileSystem::Stat(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) < 0) return SystemError("stat", path, errno);
  return InfoOf(std::filesystem::path(path).filename().string(), info);
}

}  // namespace moorage::base
