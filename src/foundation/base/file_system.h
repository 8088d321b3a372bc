#pragma once

// The interface to files. Tests use testing/faulty_file_system.h in place of a disk.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::base {

// A file being written. Nothing is promised to survive a crash before Sync() has returned.
class WritableFile {
 public:
  virtual ~WritableFile() = default;  // Closes. An error of a close after Sync() means nothing.

  virtual Status Append(std::span<const std::byte> bytes) = 0;
  // The bytes so far are on stable storage.
  virtual Status Sync() = 0;
  // Sets the file's mode to 0444 whatever the umask is, so that no program writes to it by
  // accident.
  virtual Status MakeReadOnly() = 0;
};

struct FileInfo {
  std::string name;  // last component of the path
  std::uint64_t size = 0;
  Time modified;
  bool is_directory = false;
};

// The operations on files that crash safety is built from. Paths are those of the platform. Every
// error names the path and the system's reason. A missing file is kNotFound, an existing one
// kConflict, a full disk kStorageFull with the name of its file system, anything else kUnavailable.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Creates `path`, which must not exist, for writing.
  virtual Result<std::unique_ptr<WritableFile>> Create(const std::string& path) = 0;
  // The whole file. kExhausted if it is larger than `limit` bytes.
  virtual Result<std::string> Read(const std::string& path, std::uint64_t limit) = 0;
  // Replaces `to` in one step. Durable only after SyncDirectory() of the parent.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& path) = 0;
  // With all parents. An existing directory is no error. What it makes survives a crash.
  virtual Status CreateDirectories(const std::string& path) = 0;
  // Entries created in or renamed into the directory survive a crash.
  virtual Status SyncDirectory(const std::string& path) = 0;
  // Sorted by name.
  virtual Result<std::vector<FileInfo>> List(const std::string& path) = 0;
  virtual Result<FileInfo> Stat(const std::string& path) = 0;
};

}  // namespace moorage::base
