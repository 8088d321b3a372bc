#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include "foundation/base/random.h"

namespace moorage::base {

// A new empty directory for one test, removed with all it holds. Lies in memory (/dev/shm) where
// the machine offers that, so that no test waits for a disk. FaultyFileSystem plays power cuts.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const std::string name = "moorage-" + RandomHex(SystemRandom::Get(), 12);
    path_ = "/dev/shm/" + name;
    std::error_code unavailable;
    std::filesystem::create_directory(path_, unavailable);
    if (unavailable) {
      path_ = (std::filesystem::temp_directory_path() / name).string();
      std::filesystem::create_directory(path_);
    }
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace moorage::base
