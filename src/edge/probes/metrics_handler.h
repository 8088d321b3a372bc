#pragma once

#include <vector>

#include "edge/api/operation.h"
#include "foundation/json/json_output.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "foundation/telemetry/metrics/request_metrics.h"

namespace moorage::probes {

// GET /metrics: everything the collectors have, as the Prometheus text format, or as OpenMetrics if
// the scraper prefers it.
class MetricsHandler : public api::Handler {
 public:
  explicit MetricsHandler(std::vector<const telemetry::Collector*> collectors)
      : collectors_(std::move(collectors)) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  const std::vector<const telemetry::Collector*> collectors_;
};

// GET /api/v1/stats: for each endpoint that has answered since the start: count, errors, and mean,
// min, max, p50, p90, p99 of the duration in milliseconds.
class StatsHandler : public api::Handler {
 public:
  explicit StatsHandler(const telemetry::RequestMetrics& metrics) : metrics_(metrics) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  const telemetry::RequestMetrics& metrics_;
  json::JsonOutput json_;
};

}  // namespace moorage::probes
