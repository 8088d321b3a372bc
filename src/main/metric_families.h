#pragma once

#include "foundation/telemetry/metrics/metric_family.h"

namespace moorage::main {

// Every family that the server exposes, sorted by name. Each room declares its own.
telemetry::FamilyList MetricFamilies();

}  // namespace moorage::main
