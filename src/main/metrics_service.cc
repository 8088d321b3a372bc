#include "main/metrics_service.h"

#include "edge/probes/health_handler.h"
#include "edge/probes/metrics_handler.h"
#include "edge/probes/probe_operations.h"
#include "foundation/base/random.h"
#include "main/metric_families.h"

namespace moorage::main {

MetricsService::MetricsService()
    : dispatcher_({router_, uncounted_, authenticator_, base::SystemClock::Get(),
                   base::SystemRandom::Get()},
                  {}) {}

base::Result<std::unique_ptr<MetricsService>> MetricsService::Make(
    const std::vector<const telemetry::Collector*>& collectors, const probes::Readiness& readiness,
    const models::ModelManager& manager) {
  std::unique_ptr<MetricsService> service(new MetricsService());
  const auto add = [&](std::string_view name, std::unique_ptr<api::Handler> handler) {
    service->handlers_.push_back(std::move(handler));
    return service->router_.Add(
        {api::FindOperation(probes::MetricsOperations(), name), service->handlers_.back().get()});
  };
  RETURN_IF_ERROR(
      add("metrics", std::make_unique<probes::MetricsHandler>(collectors, MetricFamilies())));
  RETURN_IF_ERROR(add("health_live", std::make_unique<probes::HealthHandler>(
                                         probes::HealthHandler::Question::kLive, readiness, manager,
                                         base::SystemClock::Get())));
  return service;
}

}  // namespace moorage::main
