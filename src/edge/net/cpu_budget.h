#pragma once

// The processors that a server may use. Any thread.

#include <cstddef>
#include <optional>
#include <string_view>

namespace moorage::net {

// Returns how many CPUs this process may keep busy, at least 1. These are the CPUs of its affinity
// mask, or fewer if its control group has a quota.
std::size_t UsableCpus();

// Returns the quota in a control group's cpu.max ("200000 100000"), rounded up to whole CPUs.
// Returns nothing for "max".
std::optional<std::size_t> ParseCpuMax(std::string_view text);

}  // namespace moorage::net
