#pragma once

// The metrics of connections. Any thread.

#include <array>
#include <string_view>

#include "edge/port/reactor_group.h"
#include "edge/port/stage_metrics.h"
#include "foundation/telemetry/metrics/exposition.h"

namespace moorage::port {

// What the port counts beside its stages.
inline constexpr telemetry::MetricFamily kConnectionsFamily = {
    "moorage_connections", telemetry::MetricType::kGauge, "Client connections that are open.", {}};

inline constexpr telemetry::MetricFamily kConnectionsEndedFamily = {
    "moorage_connections_ended_total",
    telemetry::MetricType::kCounter,
    "Connections that the server ended although their client would have kept them.",
    {"reason"}};

inline constexpr std::array kPortFamilies = {&kConnectionsFamily, &kConnectionsEndedFamily,
                                             &kLoopLagFamily};

// Collects the number of connections of one server, which must outlive it.
class ConnectionMetrics : public telemetry::Collector {
 public:
  explicit ConnectionMetrics(const ReactorGroup& server) : server_(server) {}

  void Collect(telemetry::Exposition& exposition) const override {
    exposition.Add(kConnectionsFamily, {}, static_cast<double>(server_.connections()));
    const auto add = [&](net::EarlyEnd end, std::string_view reason) {
      exposition.Add(kConnectionsEndedFamily, {reason}, static_cast<double>(server_.ended(end)));
    };
    add(net::EarlyEnd::kShed, "idle");
    add(net::EarlyEnd::kSlowReader, "slow_reader");
    add(net::EarlyEnd::kNoMemory, "memory");
  }

 private:
  const ReactorGroup& server_;
};

}  // namespace moorage::port
