#pragma once

// Writes a file that a user named. What is at the name decides how:
//   - Nothing, or a regular file of this user with one name, is replaced in one step. After a crash
//     the name holds the old or the new bytes, whole. Permissions stay as they were.
//   - A link, a pipe, a device, or a file with several names is written through. It stays what it
//   is.
// Temporary names are unique, so two writers do not meet and no file of the user is touched.

#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::base {

// Errors name the path and the reason. A full disk is kStorageFull. Waits for a reader where the
// path is a pipe.
Status WriteOutput(const std::string& path, std::string_view bytes);

// Whether the path is where standard output goes, such as /dev/stdout.
bool IsStandardOutput(const std::string& path);

}  // namespace moorage::base
