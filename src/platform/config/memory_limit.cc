#include "platform/config/memory_limit.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "foundation/base/parse_number.h"

namespace moorage::config {
namespace {

constexpr std::uint64_t kUnknown = 1ULL << 30U;
constexpr std::uint64_t kMaxFile = 64U << 10U;

std::string_view FirstWord(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_first_of(" \t\n"));
}

// Nothing for a file that is not there, and for the word "max".
std::optional<std::uint64_t> NumberIn(base::FileSystem& files, const std::string& path) {
  const auto text = files.Read(path, kMaxFile);
  if (!text.ok()) return std::nullopt;
  return base::ParseNumber<std::uint64_t>(FirstWord(*text));
}

std::uint64_t Installed(base::FileSystem& files, const std::string& root) {
  constexpr std::string_view kTotal = "MemTotal:";
  const auto text = files.Read(root + "/proc/meminfo", kMaxFile);
  if (!text.ok()) return kUnknown;
  const std::size_t at = text->find(kTotal);
  if (at == std::string::npos) return kUnknown;
  const auto kibibytes = base::ParseNumber<std::uint64_t>(
      FirstWord(std::string_view(*text).substr(at + kTotal.size())));
  return kibibytes ? *kibibytes * 1024 : kUnknown;
}

// The path behind `mark` in /proc/self/cgroup, "/system.slice/moorage.service" behind "0::".
std::string GroupOf(base::FileSystem& files, const std::string& root, std::string_view mark) {
  const auto text = files.Read(root + "/proc/self/cgroup", kMaxFile);
  if (!text.ok()) return {};
  const std::size_t at = text->find(mark);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + mark.size();
  return text->substr(begin, text->find('\n', begin) - begin);
}

// The least limit of a group and of those above it. In a container the group is at the top of what
// is mounted, although its path has more parts.
std::uint64_t Least(base::FileSystem& files, const std::string& mount, std::string group,
                    std::string_view file, std::uint64_t limit) {
  while (true) {
    const auto own = NumberIn(files, mount + group + "/" + std::string(file));
    if (own) limit = std::min(limit, *own);
    const std::size_t slash = group.find_last_of('/');
    if (slash == std::string::npos) return limit;
    group.resize(slash);
  }
}

}  // namespace

std::uint64_t MachineMemory(base::FileSystem& files, const std::string& root) {
  std::uint64_t limit = Installed(files, root);
  limit = Least(files, root + "/sys/fs/cgroup", GroupOf(files, root, "0::"), "memory.max", limit);
  return Least(files, root + "/sys/fs/cgroup/memory", GroupOf(files, root, ":memory:"),
               "memory.limit_in_bytes", limit);
}

std::uint64_t MemoryLimitOf(const Config::Server& config, base::FileSystem& files) {
  if (config.memory > 0) return config.memory;
  return MachineMemory(files) / 5 * 4;
}

}  // namespace moorage::config
