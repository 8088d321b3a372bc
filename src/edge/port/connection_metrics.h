#pragma once

// The metric of open connections. Any thread.

#include <array>

#include "edge/port/reactor_group.h"
#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::port {

// What the port counts beside its stages.
inline constexpr telemetry::MetricFamily kConnectionsFamily = {
    "moorage_connections", telemetry::MetricType::kGauge, "Client connections that are open.", {}};

inline constexpr std::array kPortFamilies = {&kConnectionsFamily};

// Collects the gauge moorage_connections of one server, which must outlive it.
class ConnectionMetrics : public telemetry::Collector {
 public:
  explicit ConnectionMetrics(const ReactorGroup& server) : server_(server) {}

  void Collect(telemetry::Exposition& exposition) const override {
    exposition.Add(kConnectionsFamily, {}, static_cast<double>(server_.connections()));
  }

 private:
  const ReactorGroup& server_;
};

}  // namespace moorage::port
