#include "edge/net/cpu_budget.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

namespace moorage::net {
namespace {

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
  cpu_set_t set;
  CPU_ZERO(&set);
  std::size_t count = 1;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0) {
    count = static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
  }
  return std::min(count, Quota().value_or(count));
}

}  // namespace moorage::net
