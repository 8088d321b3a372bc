#include "edge/probes/probe_operations.h"

#include <array>

#include "edge/api/operation_kinds.h"
#include "foundation/model/server_questions.h"

namespace moorage::probes {
namespace {

using api::ProbeRow;
using api::QueryRow;
using model::kHealthQuestion;
using model::kReadyQuestion;
using model::kStatsQuestion;

constexpr std::array kData = {
    ProbeRow(kHealthQuestion.name, kHealthQuestion.path, kHealthQuestion.summary),
    ProbeRow("health_live", "/health/live", "Whether the process is alive"),
    ProbeRow(kReadyQuestion.name, kReadyQuestion.path, kReadyQuestion.summary),
    ProbeRow("oip_live", "/v2/health/live", "Whether the process is alive"),
    ProbeRow("oip_ready", "/v2/health/ready", "Whether the server should get traffic"),
    QueryRow(kStatsQuestion.name, kStatsQuestion.path, kStatsQuestion.summary,
             kStatsQuestion.permission),
};

constexpr std::array kMetrics = {
    QueryRow("metrics", "/metrics", "Metrics for Prometheus"),
    ProbeRow("health_live", "/health/live", "Whether the process is alive"),
};

}  // namespace

std::span<const api::Operation> ProbeOperations() { return kData; }
std::span<const api::Operation> MetricsOperations() { return kMetrics; }

}  // namespace moorage::probes
