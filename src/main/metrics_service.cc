#include "main/metrics_service.h"

#include "foundation/base/random.h"
#include "main/wire_probes.h"

namespace moorage::main {

MetricsService::MetricsService()
    : dispatcher_({routes_.router(), uncounted_, authenticator_, base::SystemClock::Get(),
                   base::SystemRandom::Get()},
                  {}) {}

base::Result<std::unique_ptr<MetricsService>> MetricsService::Make(
    const std::vector<const telemetry::Collector*>& collectors, const probes::Readiness& readiness,
    const models::ModelManager& manager) {
  std::unique_ptr<MetricsService> service(new MetricsService());
  RETURN_IF_ERROR(AddMetricsRoutes(
      service->routes_,
      {.readiness = readiness, .manager = manager, .clock = base::SystemClock::Get()}, collectors));
  return service;
}

}  // namespace moorage::main
