#include "main/wire_probes.h"

#include <memory>
#include <string_view>

#include "edge/probes/health_handler.h"
#include "edge/probes/metrics_handler.h"
#include "edge/probes/probe_operations.h"
#include "main/metric_families.h"

namespace moorage::main {
namespace {

using probes::HealthHandler;
using Question = HealthHandler::Question;

std::unique_ptr<api::Handler> HealthOf(const Probed& probed, Question question) {
  return std::make_unique<HealthHandler>(question, probed.readiness, probed.manager, probed.clock);
}

}  // namespace

base::Status AddProbeRoutes(Routes& routes, const Probed& probed,
                            const api::RequestMetrics& metrics) {
  const auto add = [&](std::string_view name, std::unique_ptr<api::Handler> handler) {
    return routes.Add(api::FindOperation(probes::ProbeOperations(), name), std::move(handler));
  };
  RETURN_IF_ERROR(add("health", HealthOf(probed, Question::kHealth)));
  RETURN_IF_ERROR(add("health_live", HealthOf(probed, Question::kLive)));
  RETURN_IF_ERROR(add("health_ready", HealthOf(probed, Question::kReady)));
  RETURN_IF_ERROR(add("oip_live", HealthOf(probed, Question::kLive)));
  RETURN_IF_ERROR(add("oip_ready", HealthOf(probed, Question::kReady)));
  return add("stats", std::make_unique<probes::StatsHandler>(metrics));
}

base::Status AddMetricsRoutes(Routes& routes, const Probed& probed,
                              const std::vector<const telemetry::Collector*>& collectors) {
  const auto add = [&](std::string_view name, std::unique_ptr<api::Handler> handler) {
    return routes.Add(api::FindOperation(probes::MetricsOperations(), name), std::move(handler));
  };
  RETURN_IF_ERROR(
      add("metrics", std::make_unique<probes::MetricsHandler>(collectors, MetricFamilies())));
  return add("health_live", HealthOf(probed, Question::kLive));
}

}  // namespace moorage::main
