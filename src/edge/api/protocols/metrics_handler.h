#pragma once

#include <vector>

#include "edge/api/json_output.h"
#include "edge/api/operation.h"
#include "foundation/telemetry/exposition.h"
#include "foundation/telemetry/request_metrics.h"

namespace moorage::api {

// GET /metrics: everything the collectors have, as the Prometheus text format, or as OpenMetrics if
// the scraper prefers it.
class MetricsHandler : public Handler {
 public:
  explicit MetricsHandler(std::vector<const telemetry::Collector*> collectors)
      : collectors_(std::move(collectors)) {}

  void Handle(ExchangeRef exchange, const PathParameters& path) override;

 private:
  const std::vector<const telemetry::Collector*> collectors_;
};

// GET /api/v1/stats: for each endpoint that has answered since the start: count, errors, and mean,
// min, max, p50, p90, p99 of the duration in milliseconds.
class StatsHandler : public Handler {
 public:
  explicit StatsHandler(const telemetry::RequestMetrics& metrics) : metrics_(metrics) {}

  void Handle(ExchangeRef exchange, const PathParameters& path) override;

 private:
  const telemetry::RequestMetrics& metrics_;
  JsonOutput json_;
};

}  // namespace moorage::api
