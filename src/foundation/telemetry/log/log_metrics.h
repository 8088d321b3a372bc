#pragma once

#include <array>

#include "foundation/telemetry/metrics/metric_family.h"

namespace moorage::telemetry {

// What the log counts of itself.
inline constexpr MetricFamily kLogDroppedFamily = {
    "moorage_log_dropped_total",
    MetricType::kCounter,
    "Log records that were not written, by type and reason: full, rate, write, console.",
    {"type", "reason"}};

inline constexpr std::array kLogFamilies = {&kLogDroppedFamily};

}  // namespace moorage::telemetry
