#pragma once

// Adds the routes of the room probes: health and statistics on the data port, a scrape and one
// probe on the port for metrics.

#include <vector>

#include "domain/serving/models/model_manager.h"
#include "edge/api/request_metrics.h"
#include "edge/probes/readiness.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "main/routes.h"

namespace moorage::main {

// What the probes read. All of it outlives the routes.
struct Probed {
  const probes::Readiness& readiness;
  const models::ModelManager& manager;
  const base::Clock& clock;
};

// `metrics` outlives the routes.
base::Status AddProbeRoutes(Routes& routes, const Probed& probed,
                            const api::RequestMetrics& metrics);

// The collectors outlive the routes.
base::Status AddMetricsRoutes(Routes& routes, const Probed& probed,
                              const std::vector<const telemetry::Collector*>& collectors);

}  // namespace moorage::main
