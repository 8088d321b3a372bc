#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foundation/base/file_system.h"

namespace moorage::base {

// The machine's files. Stateless, so all threads may share it.
// - Interrupted calls are repeated.
// - Children do not inherit descriptors.
// - A failed fsync is an error and is never retried. The kernel may have dropped the dirty pages,
// so only a new file can be trusted.
class PosixFileSystem : public FileSystem {
 public:
  static PosixFileSystem& Get();

  // Uses mode 0666 less the umask. Refuses an existing path, even a dangling link (O_EXCL).
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
