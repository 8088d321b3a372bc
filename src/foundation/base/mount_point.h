#pragma once

// Names the file system that a path lies on, for messages about a full disk.

#include <string>

namespace moorage::base {

// The directory on which the file system of `path` is mounted, or of its nearest parent that
// exists. "/" where that cannot be found out.
std::string MountPointOf(const std::string& path);

// Returns "the file system at /data".
std::string FileSystemOf(const std::string& path);

}  // namespace moorage::base
