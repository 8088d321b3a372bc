#pragma once

// How much memory the requests of this process may hold.

#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/config/config.h"

namespace moorage::main {

// Returns server.memory. For auto that is 80 % of the smallest of the limit of the cgroup and the
// memory of the machine.
std::uint64_t MemoryLimitOf(const config::Config::Server& config);

// The number of a cgroup's file. Nothing for "max" and for text that is no number.
std::optional<std::uint64_t> ParseMemoryMax(std::string_view text);
// The bytes of "MemTotal:       16309764 kB" in /proc/meminfo.
std::optional<std::uint64_t> ParseMemTotal(std::string_view text);

}  // namespace moorage::main
