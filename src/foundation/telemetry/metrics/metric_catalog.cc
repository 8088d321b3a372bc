#include "foundation/telemetry/metrics/metric_catalog.h"

#include <algorithm>

namespace moorage::telemetry {

std::string_view Name(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "unknown";
}

std::span<const MetricFamily* const> MetricCatalog() {
  static const auto kSorted = [] {
    std::array families = {&metrics::kModelRequests,
                           &metrics::kModelRequestDuration,
                           &metrics::kModelAccuracy,
                           &metrics::kStageDuration,
                           &metrics::kBatchSize,
                           &metrics::kQueueDepth,
                           &metrics::kRejected,
                           &metrics::kModelInfo,
                           &metrics::kConnections,
                           &metrics::kLogDropped,
                           &metrics::kBuildInfo,
                           &metrics::kProcessCpu,
                           &metrics::kProcessOpenFds,
                           &metrics::kProcessMaxFds,
                           &metrics::kProcessVirtualMemory,
                           &metrics::kProcessResidentMemory,
                           &metrics::kProcessStartTime,
                           &metrics::kProcessThreads};
    std::ranges::sort(families, {}, [](const MetricFamily* family) { return family->name; });
    return families;
  }();
  return kSorted;
}

}  // namespace moorage::telemetry
