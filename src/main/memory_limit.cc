#include "main/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace moorage::main {
namespace {

constexpr std::uint64_t kWithoutAnyLimit = 1ULL << 30U;

std::string TextOf(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::optional<std::uint64_t> ParseMemoryMax(std::string_view text) {
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || end == text.data() || bytes == 0) return std::nullopt;
  return bytes;
}

std::optional<std::uint64_t> ParseMemTotal(std::string_view text) {
  constexpr std::string_view kName = "MemTotal:";
  const std::size_t at = text.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kName.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto kilobytes = ParseMemoryMax(text);
  return kilobytes.has_value() ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::uint64_t MemoryLimitOf(const config::Config::Server& config) {
  if (config.memory > 0) return config.memory;
  std::optional<std::uint64_t> least;
  // cgroup v2, cgroup v1, the machine. Without a limit v1 has a number that is larger than the
  // memory of any machine.
  for (const auto& found : {ParseMemoryMax(TextOf("/sys/fs/cgroup/memory.max")),
                            ParseMemoryMax(TextOf("/sys/fs/cgroup/memory/memory.limit_in_bytes")),
                            ParseMemTotal(TextOf("/proc/meminfo"))}) {
    if (found.has_value()) least = std::min(least.value_or(*found), *found);
  }
  return least.value_or(kWithoutAnyLimit) / 10 * 8;
}

}  // namespace moorage::main
