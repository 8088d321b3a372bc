#include "main/metric_families.h"

#include <algorithm>
#include <vector>

#include "domain/serving/lane/lane_metrics.h"
#include "edge/api/request_metrics.h"
#include "edge/port/connection_metrics.h"
#include "foundation/telemetry/log/log_metrics.h"
#include "foundation/telemetry/metrics/memory_metrics.h"
#include "foundation/telemetry/metrics/process_metrics.h"
#include "foundation/telemetry/metrics/stage_duration.h"
#include "main/server_metrics.h"

namespace moorage::main {

telemetry::FamilyList MetricFamilies() {
  static const std::vector<const telemetry::MetricFamily*> kSorted = [] {
    std::vector<const telemetry::MetricFamily*> families;
    for (const telemetry::FamilyList list : std::initializer_list<telemetry::FamilyList>{
             api::kRequestFamilies, lane::kLaneFamilies, port::kPortFamilies, kServerFamilies,
             telemetry::kLogFamilies, telemetry::kMemoryFamilies, telemetry::kProcessFamilies,
             telemetry::kStageFamilies}) {
      families.insert(families.end(), list.begin(), list.end());
    }
    std::ranges::sort(families, {}, &telemetry::MetricFamily::name);
    return families;
  }();
  return kSorted;
}

}  // namespace moorage::main
