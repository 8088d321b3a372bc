#pragma once

#include <array>
#include <string>
#include <utility>

#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::telemetry {

// The process_* families, read from the kernel at each scrape. A value that cannot be read is left
// out.
class ProcessMetrics : public Collector {
 public:
  // `proc` is the folder where the proc file system is mounted.
  explicit ProcessMetrics(std::string proc = "/proc") : proc_(std::move(proc)) {}

  void Collect(Exposition& exposition) const override;

 private:
  const std::string proc_;
};

// What the kernel counts of this process.
inline constexpr MetricFamily kProcessCpuFamily = {"process_cpu_seconds_total",
                                                   MetricType::kCounter,
                                                   "Processor time spent, user and system.",
                                                   {}};
inline constexpr MetricFamily kProcessOpenFdsFamily = {
    "process_open_fds", MetricType::kGauge, "File descriptors that are open.", {}};
inline constexpr MetricFamily kProcessMaxFdsFamily = {
    "process_max_fds", MetricType::kGauge, "File descriptors that may be open.", {}};
inline constexpr MetricFamily kProcessVirtualMemoryFamily = {
    "process_virtual_memory_bytes", MetricType::kGauge, "Size of the address space.", {}};
inline constexpr MetricFamily kProcessResidentMemoryFamily = {
    "process_resident_memory_bytes", MetricType::kGauge, "Memory that is resident.", {}};
inline constexpr MetricFamily kProcessStartTimeFamily = {
    "process_start_time_seconds",
    MetricType::kGauge,
    "Start of the process, seconds since 1970 in UTC.",
    {}};
inline constexpr MetricFamily kProcessThreadsFamily = {
    "process_threads", MetricType::kGauge, "Threads of the process.", {}};

inline constexpr std::array kProcessFamilies = {
    &kProcessCpuFamily,           &kProcessOpenFdsFamily,        &kProcessMaxFdsFamily,
    &kProcessVirtualMemoryFamily, &kProcessResidentMemoryFamily, &kProcessStartTimeFamily,
    &kProcessThreadsFamily};

}  // namespace moorage::telemetry
