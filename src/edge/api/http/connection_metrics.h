#pragma once

#include "edge/api/http/reactor_group.h"
#include "foundation/telemetry/exposition.h"

namespace moorage::api {

// The gauge moorage_connections of one server, which must outlive it.
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

}  // namespace moorage::api
