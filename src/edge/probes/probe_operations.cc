#include "edge/probes/probe_operations.h"

#include <array>

#include "edge/api/operation_rows.h"

namespace moorage::probes {
namespace {

using api::ProbeRow;
using api::QueryRow;

constexpr std::array kData = {
    ProbeRow("health", "/health", "Whether the server is healthy, and what it serves"),
    ProbeRow("health_live", "/health/live", "Whether the process is alive"),
    ProbeRow("health_ready", "/health/ready", "Whether the server should get traffic"),
    ProbeRow("oip_live", "/v2/health/live", "Whether the process is alive"),
    ProbeRow("oip_ready", "/v2/health/ready", "Whether the server should get traffic"),
    QueryRow("stats", "/api/v1/stats", "Count and latency of each endpoint",
             api::Permission::kRead),
};

constexpr std::array kMetrics = {
    QueryRow("metrics", "/metrics", "Metrics for Prometheus"),
    ProbeRow("health_live", "/health/live", "Whether the process is alive"),
};

}  // namespace

std::span<const api::Operation> ProbeOperations() { return kData; }
std::span<const api::Operation> MetricsOperations() { return kMetrics; }

}  // namespace moorage::probes
