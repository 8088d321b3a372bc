#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foundation/base/file_system.h"

namespace moorage::base {

// The machine's files. Stateless; `PosixFileSystem::Get()` may be shared by all threads.
// Interrupted calls are repeated, descriptors are not inherited by children, and a failed fsync is
// an error that is never retried: the kernel may have dropped the dirty pages, so only a new file
// can be trusted.
class PosixFileSystem : public FileSystem {
 public:
  static PosixFileSystem& Get();

  // Mode 0666 less the umask; refuses an existing path, even a dangling link (O_EXCL).
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override;
  Result<std::string> Read(const std::string& path, std::uint64_t limit) override;
  Status Rename(const std::string& from, const std::string& to) override;
  // A file, a link or an empty directory.
  Status Remove(const std::string& path) override;
  Status CreateDirectories(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;
  Result<std::vector<FileInfo>> List(const std::string& path) override;
  Result<FileInfo> Stat(const std::string& path) override;
};

}  // namespace moorage::base
