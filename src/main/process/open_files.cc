#include "main/process/open_files.h"

#include <sys/resource.h>

namespace moorage::process {

namespace {

constexpr std::uint64_t kEnough = 4096;

}  // namespace

OpenFileLimit RaiseOpenFileLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  rlimit raised = limit;
  raised.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return {.soft = limit.rlim_cur, .hard = limit.rlim_max};
}

std::optional<std::string> WarningOf(const OpenFileLimit& limit) {
  if (limit.soft >= kEnough) return std::nullopt;
  return "only " + std::to_string(limit.soft) +
         " files and connections can be open at one time: raise the hard limit (ulimit -Hn, or "
         "LimitNOFILE in a systemd unit) to at least " +
         std::to_string(kEnough);
}

}  // namespace moorage::process
