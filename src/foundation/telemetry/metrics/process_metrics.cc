#include "foundation/telemetry/metrics/process_metrics.h"

#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace moorage::telemetry {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The numbers of /proc/self/stat from field 4 on (man 5 proc_pid_stat). The name before them is in
// parentheses and may itself hold spaces and parentheses, so the last one ends it.
std::vector<double> StatFields(const std::string& text) {
  const std::size_t end = text.rfind(')');
  if (end == std::string::npos || end + 4 > text.size()) return {};
  std::istringstream rest(text.substr(end + 4));
  return {std::istream_iterator<double>(rest), std::istream_iterator<double>()};
}

// The first number behind `key` at the start of a line.
std::optional<double> NumberAfter(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    std::istringstream rest(line.substr(key.size()));
    double number = 0;
    if (rest >> number) return number;
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> CountEntries(const std::string& directory) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(directory, error);
  if (error) return std::nullopt;
  return static_cast<double>(std::distance(begin(entries), end(entries)));
}

}  // namespace

void ProcessMetrics::Collect(Exposition& exposition) const {
  const std::string self = proc_ + "/self";
  const auto add = [&exposition](const MetricFamily& family, std::optional<double> value) {
    if (value) exposition.Add(family, {}, *value);
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  // Indices are the numbers of man 5 proc_pid_stat less the 4 that come before.
  const std::vector<double> stat = StatFields(ReadAll(self + "/stat"));
  if (stat.size() > 20) {
    add(kProcessCpuFamily, (stat[14 - 4] + stat[15 - 4]) / ticks);
    add(kProcessThreadsFamily, stat[20 - 4]);
    add(kProcessVirtualMemoryFamily, stat[23 - 4]);
    add(kProcessResidentMemoryFamily, stat[24 - 4] * page);
    if (const auto boot = NumberAfter(ReadAll(proc_ + "/stat"), "btime")) {
      add(kProcessStartTimeFamily, *boot + stat[22 - 4] / ticks);
    }
  }
  add(kProcessOpenFdsFamily, CountEntries(self + "/fd"));
  add(kProcessMaxFdsFamily, NumberAfter(ReadAll(self + "/limits"), "Max open files"));
}

}  // namespace moorage::telemetry
