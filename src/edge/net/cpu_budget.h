#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace moorage::net {

// How many CPUs this process may keep busy: those of its affinity mask, or fewer if its control
// group has a quota. At least 1.
std::size_t UsableCpus();

// The quota in a control group's cpu.max, "200000 100000", rounded up to whole CPUs; nothing for
// "max".
std::optional<std::size_t> ParseCpuMax(std::string_view text);

}  // namespace moorage::net
