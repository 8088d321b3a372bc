#include "foundation/telemetry/metrics/metric_family.h"

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

}  // namespace moorage::telemetry
