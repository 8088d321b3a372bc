#pragma once

// The scrape of the metrics port and the statistics of the data port.

#include <utility>
#include <vector>

#include "edge/api/operation.h"
#include "edge/api/request_metrics.h"
#include "foundation/json/json_output.h"
#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::probes {

// GET /metrics answers what the collectors have, in the Prometheus text format, or as OpenMetrics
// if the scraper prefers it. Any thread.
class MetricsHandler : public api::Handler {
 public:
  // `families` are those that the collectors add. An empty list permits any, for tests. The
  // collectors outlive the handler.
  explicit MetricsHandler(std::vector<const telemetry::Collector*> collectors,
                          telemetry::FamilyList families = {})
      : collectors_(std::move(collectors)), families_(families) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  const std::vector<const telemetry::Collector*> collectors_;
  const telemetry::FamilyList families_;
};

// GET /api/v1/stats answers one object for each endpoint that has answered since the start. It
// holds count, errors, and mean, min, max, p50, p90, p99 of the duration in milliseconds. One
// object per reactor.
class StatsHandler : public api::Handler {
 public:
  explicit StatsHandler(const api::RequestMetrics& metrics) : metrics_(metrics) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  const api::RequestMetrics& metrics_;
  json::JsonOutput json_;
};

}  // namespace moorage::probes
