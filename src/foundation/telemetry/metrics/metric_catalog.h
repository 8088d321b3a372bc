#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace moorage::telemetry {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

// "counter", "gauge", "histogram"
std::string_view Name(MetricType type);

inline constexpr std::size_t kMaxLabels = 4;

// A family of metrics: everything that does not change while the server runs.
struct MetricFamily {
  std::string_view name;
  MetricType type = MetricType::kCounter;
  std::string_view help;
  std::array<std::string_view, kMaxLabels> label_names{};

  std::size_t label_count() const {
    std::size_t count = 0;
    while (count < kMaxLabels && !label_names[count].empty()) ++count;
    return count;
  }
};

// Every family that the server exposes. docs/operations/metrics.md describes each one.
namespace metrics {

using enum MetricType;

inline constexpr MetricFamily kModelRequests = {
    "model_requests_total",
    kCounter,
    "Requests answered, by endpoint, model, version and HTTP status.",
    {"endpoint", "model", "version", "code"}};
inline constexpr MetricFamily kModelRequestDuration = {
    "model_request_duration_seconds",
    kHistogram,
    "Time from the last byte of a request to its answer being ready.",
    {"endpoint", "model", "version"}};
inline constexpr MetricFamily kModelAccuracy = {
    "model_accuracy",
    kGauge,
    "Accuracy of the latest validation of a served version, from 0 to 1.",
    {"model", "version"}};
inline constexpr MetricFamily kStageDuration = {
    "moorage_stage_duration_seconds",
    kHistogram,
    "Time that requests spend in a stage: parse, queue, run, write.",
    {"stage"}};
inline constexpr MetricFamily kBatchSize = {
    "moorage_batch_size", kHistogram, "Rows that ran together.", {"model", "version"}};
inline constexpr MetricFamily kQueueDepth = {
    "moorage_queue_depth", kGauge, "Requests that wait for a model.", {"model"}};
inline constexpr MetricFamily kRejected = {
    "moorage_rejected_total",
    kCounter,
    "Requests refused before they reached a model, by reason.",
    {"reason"}};
inline constexpr MetricFamily kModelInfo = {"moorage_model_info",
                                            kGauge,
                                            "1 for each version that is loaded.",
                                            {"model", "version", "digest", "aliases"}};
inline constexpr MetricFamily kConnections = {
    "moorage_connections", kGauge, "Client connections that are open.", {}};
inline constexpr MetricFamily kLogDropped = {
    "moorage_log_dropped_total",
    kCounter,
    "Log records that were not written, by type and reason: full, rate, write.",
    {"type", "reason"}};
inline constexpr MetricFamily kBuildInfo = {
    "moorage_build_info",
    kGauge,
    "1, with the versions of the server and of its runtime.",
    {"version", "onnxruntime"}};
inline constexpr MetricFamily kProcessCpu = {
    "process_cpu_seconds_total", kCounter, "Processor time spent, user and system.", {}};
inline constexpr MetricFamily kProcessOpenFds = {
    "process_open_fds", kGauge, "File descriptors that are open.", {}};
inline constexpr MetricFamily kProcessMaxFds = {
    "process_max_fds", kGauge, "File descriptors that may be open.", {}};
inline constexpr MetricFamily kProcessVirtualMemory = {
    "process_virtual_memory_bytes", kGauge, "Size of the address space.", {}};
inline constexpr MetricFamily kProcessResidentMemory = {
    "process_resident_memory_bytes", kGauge, "Memory that is resident.", {}};
inline constexpr MetricFamily kProcessStartTime = {
    "process_start_time_seconds", kGauge, "Start of the process, seconds since 1970 in UTC.", {}};
inline constexpr MetricFamily kProcessThreads = {
    "process_threads", kGauge, "Threads of the process.", {}};

}  // namespace metrics

// All of the above, sorted by name.
std::span<const MetricFamily* const> MetricCatalog();

}  // namespace moorage::telemetry
