#pragma once

// The metrics of a memory budget. Any thread.

#include <array>

#include "foundation/base/memory_budget.h"
#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::telemetry {

// What clients make the process hold, and what was refused for want of room.
inline constexpr MetricFamily kMemoryFamily = {
    "moorage_memory_bytes",
    MetricType::kGauge,
    "Memory charged to server.memory, by what it is held for.",
    {"purpose"}};
inline constexpr MetricFamily kMemoryLimitFamily = {
    "moorage_memory_limit_bytes", MetricType::kGauge, "The bound server.memory.", {}};
inline constexpr MetricFamily kMemoryRefusalsFamily = {
    "moorage_memory_refusals_total",
    MetricType::kCounter,
    "Requests for memory that found no room in server.memory, by purpose.",
    {"purpose"}};

inline constexpr std::array kMemoryFamilies = {&kMemoryFamily, &kMemoryLimitFamily,
                                               &kMemoryRefusalsFamily};

// Reads a budget, which must outlive it. Every purpose is shown, also one without a byte.
class MemoryMetrics : public Collector {
 public:
  explicit MemoryMetrics(const base::MemoryBudget& budget) : budget_(budget) {}

  void Collect(Exposition& exposition) const override;

 private:
  const base::MemoryBudget& budget_;
};

}  // namespace moorage::telemetry
