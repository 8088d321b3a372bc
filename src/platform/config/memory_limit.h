#pragma once

// How much memory the requests of this process may make it hold (server.memory).

#include <cstdint>
#include <string>

#include "foundation/base/file_system.h"
#include "platform/config/config.h"

namespace moorage::config {

// The memory that this process may use at all: the least limit of its control group and of those
// above it (version 2, or version 1), or what the machine has. `root` stands before /proc and /sys,
// for tests. Where nothing can be read it is 1 GiB.
std::uint64_t MachineMemory(base::FileSystem& files, const std::string& root = "");

// server.memory in bytes. `auto` is four fifths of the machine's, because models, threads and the
// runtime need the rest.
std::uint64_t MemoryLimitOf(const Config::Server& config, base::FileSystem& files);

}  // namespace moorage::config
