#include "foundation/telemetry/metrics/memory_metrics.h"

#include <cstddef>
#include <string_view>

namespace moorage::telemetry {

void MemoryMetrics::Collect(Exposition& exposition) const {
  for (std::size_t i = 0; i < base::kMemoryPurposes; ++i) {
    const auto purpose = static_cast<base::MemoryPurpose>(i);
    const std::string_view name = base::Name(purpose);
    exposition.Add(kMemoryFamily, {name}, static_cast<double>(budget_.used(purpose)));
    exposition.Add(kMemoryRefusalsFamily, {name}, static_cast<double>(budget_.refused(purpose)));
  }
  exposition.Add(kMemoryLimitFamily, {}, static_cast<double>(budget_.limit()));
}

}  // namespace moorage::telemetry
