#include "foundation/base/mount_point.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

namespace moorage::base {

std::string MountPointOf(const std::string& path) {
  std::error_code error;
  std::filesystem::path here = std::filesystem::weakly_canonical(path, error);
  if (error || here.empty()) return "/";
  struct stat info{};
  while (::stat(here.c_str(), &info) < 0 && here.has_relative_path()) here = here.parent_path();
  const dev_t device = info.st_dev;
  // The last parent of the same device is the mount point.
  while (here.has_relative_path()) {
    const std::filesystem::path parent = here.parent_path();
    if (::stat(parent.c_str(), &info) < 0 || info.st_dev != device) break;
    here = parent;
  }
  return here.string();
}

std::string FileSystemOf(const std::string& path) {
  return "the file system at " + MountPointOf(path);
}

}  // namespace moorage::base
