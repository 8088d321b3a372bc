#pragma once

// The metric family that counts the connections of a port. The value is
// ReactorGroup::connections().

#include <array>

#include "foundation/telemetry/metrics/metric_family.h"

namespace moorage::port {

inline constexpr telemetry::MetricFamily kConnectionsFamily = {
    "moorage_connections", telemetry::MetricType::kGauge, "Client connections that are open.", {}};

inline constexpr std::array kPortFamilies = {&kConnectionsFamily};

}  // namespace moorage::port
