#pragma once

// Reads a text file that a person or another program has written.

#include <cstdint>
#include <string>

#include "foundation/base/file_system.h"
#include "foundation/base/result.h"

namespace moorage::base {

// Returns the text without the byte order mark that some editors put in front of it. kInvalid if
// the file is UTF-16 or UTF-32, which its mark shows. Errors of the file are those of
// FileSystem::Read.
Result<std::string> ReadTextFile(FileSystem& files, const std::string& path, std::uint64_t limit);

}  // namespace moorage::base
