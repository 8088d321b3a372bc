#include "edge/net/cpu_budget.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace moorage::net {
namespace {

struct CpuSetDeleter {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

std::string ReadAll(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<std::uint64_t> TakeNumber(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<std::size_t> Quota() {
  // cgroup v2, then v1. Without a limit v2 has "max" and v1 has -1. Neither is an unsigned number.
  if (const auto quota = ParseCpuMax(ReadAll("/sys/fs/cgroup/cpu.max"))) return quota;
  return ParseCpuMax(ReadAll("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") + " " +
                     ReadAll("/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
}

}  // namespace

std::optional<std::size_t> ParseCpuMax(std::string_view text) {
  const auto quota = TakeNumber(text);
  if (!quota.has_value()) return std::nullopt;
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  const auto period = TakeNumber(text);
  if (!period.has_value() || *period == 0) return std::nullopt;
  return static_cast<std::size_t>(std::max<std::uint64_t>(1, (*quota + *period - 1) / *period));
}

std::size_t UsableCpus() {
  std::size_t count = 1;
  // The kernel refuses a set that is smaller than its own (EINVAL), so the set grows until it fits.
  for (int cpus = CPU_SETSIZE; cpus <= (1 << 20); cpus *= 2) {
    const std::unique_ptr<cpu_set_t, CpuSetDeleter> set(CPU_ALLOC(static_cast<std::size_t>(cpus)));
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpus));
    if (set == nullptr) break;
    CPU_ZERO_S(bytes, set.get());
    if (::sched_getaffinity(0, bytes, set.get()) == 0) {
      count = static_cast<std::size_t>(std::max(1, CPU_COUNT_S(bytes, set.get())));
      break;
    }
    if (errno != EINVAL) break;
  }
  return std::min(count, Quota().value_or(count));
}

}  // namespace moorage::net
