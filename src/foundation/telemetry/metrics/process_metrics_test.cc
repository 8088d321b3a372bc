#include "foundation/telemetry/metrics/process_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace moorage::telemetry {
namespace {

std::string TextOf(const ProcessMetrics& metrics) {
  Exposition exposition;
  metrics.Collect(exposition);
  return exposition.ToText(ExpositionFormat::kPrometheusText);
}

TEST(ProcessMetrics, AreReadFromTheKernelsTables) {
  const std::string proc = testing::TempDir() + "/moorage-proc-" + std::to_string(::getpid());
  std::filesystem::create_directories(proc + "/self/fd/0");
  std::filesystem::create_directories(proc + "/self/fd/1");
  std::ofstream(proc + "/stat") << "cpu 1 2 3\nbtime 1700000000\n";
  std::ofstream(proc + "/self/limits")
      << "Limit                     Soft Limit           Hard Limit           Units\n"
         "Max open files            1024                 4096                 files\n";
  const long ticks = ::sysconf(_SC_CLK_TCK);
  std::ofstream(proc + "/self/stat")
      << "42 (a) b) S 1 42 42 0 -1 4194560 1 0 0 0 " << 2 * ticks << " " << ticks
      << " 0 0 20 0 7 0 " << 10 * ticks << " 123456 100 18446744073709551615 1 1\n";
  const std::string text = TextOf(ProcessMetrics(proc));
  for (const std::string line :
       {"process_cpu_seconds_total 3\n", "process_threads 7\n", "process_open_fds 2\n",
        "process_max_fds 1024\n", "process_virtual_memory_bytes 123456\n",
        "process_start_time_seconds 1700000010\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  std::filesystem::remove_all(proc);
}

TEST(ProcessMetrics, DescribeThisVeryProcess) {
  const std::string text = TextOf(ProcessMetrics());
  for (const char* name : {"process_cpu_seconds_total", "process_open_fds", "process_max_fds",
                           "process_virtual_memory_bytes", "process_resident_memory_bytes",
                           "process_start_time_seconds", "process_threads"}) {
    EXPECT_NE(text.find("\n" + std::string(name) + " "), std::string::npos) << name;
  }
}

TEST(ProcessMetrics, AreLeftOutWhereTheKernelHasNone) {
  EXPECT_EQ(TextOf(ProcessMetrics("/nowhere")), "");
}

}  // namespace
}  // namespace moorage::telemetry
