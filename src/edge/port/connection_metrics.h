#pragma once

// The metric of open connections. Any thread.

#include "edge/port/reactor_group.h"
#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::port {

// Collects the gauge moorage_connections of one server, which must outlive it.
class ConnectionMetrics : public telemetry::Collector {
 public:
  explicit ConnectionMetrics(const ReactorGroup& server) : server_(server) {}

  void Collect(telemetry::Exposition& exposition) const override {
    exposition.Add(telemetry::metrics::kConnections, {},
                   static_cast<double>(server_.connections()));
  }

 private:
  const ReactorGroup& server_;
};

}  // namespace moorage::port
