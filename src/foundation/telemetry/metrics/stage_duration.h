#pragma once

#include <array>

#include "foundation/telemetry/metrics/metric_family.h"

namespace moorage::telemetry {

// The one family that several rooms count. The lane counts the stages queue and run, the port
// counts parse and write.
inline constexpr MetricFamily kStageDurationFamily = {
    "moorage_stage_duration_seconds",
    MetricType::kHistogram,
    "Time that requests spend in a stage: parse, queue, run, write.",
    {"stage"}};

inline constexpr std::array kStageFamilies = {&kStageDurationFamily};

}  // namespace moorage::telemetry
