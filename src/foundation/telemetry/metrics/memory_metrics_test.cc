#include "foundation/telemetry/metrics/memory_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace moorage::telemetry {
namespace {

using base::MemoryPurpose;
using testing::HasSubstr;

std::string TextOf(const base::MemoryBudget& budget) {
  Exposition exposition;
  MemoryMetrics(budget).Collect(exposition);
  return exposition.ToText(ExpositionFormat::kPrometheusText);
}

TEST(MemoryMetrics, ShowEveryPurposeFromTheStart) {
  const base::MemoryBudget budget(1000);
  const std::string text = TextOf(budget);
  for (std::size_t i = 0; i < base::kMemoryPurposes; ++i) {
    const std::string label =
        "{purpose=\"" + std::string(base::Name(static_cast<MemoryPurpose>(i))) + "\"} 0\n";
    EXPECT_THAT(text, HasSubstr("moorage_memory_bytes" + label));
    EXPECT_THAT(text, HasSubstr("moorage_memory_refusals_total" + label));
  }
  EXPECT_THAT(text, HasSubstr("moorage_memory_limit_bytes 1000\n"));
}

TEST(MemoryMetrics, FollowWhatIsHeldAndCountWhatIsRefused) {
  base::MemoryBudget budget(1000);
  {
    const auto rows = budget.Take(600, MemoryPurpose::kRows);
    const auto input = budget.Take(100, MemoryPurpose::kInput);
    EXPECT_FALSE(budget.Take(500, MemoryPurpose::kRows).ok());
    EXPECT_THAT(TextOf(budget), HasSubstr("moorage_memory_bytes{purpose=\"rows\"} 600\n"));
    EXPECT_THAT(TextOf(budget), HasSubstr("moorage_memory_bytes{purpose=\"input\"} 100\n"));
  }
  const std::string after = TextOf(budget);
  EXPECT_THAT(after, HasSubstr("moorage_memory_bytes{purpose=\"rows\"} 0\n"));
  EXPECT_THAT(after, HasSubstr("moorage_memory_refusals_total{purpose=\"rows\"} 1\n"));
  EXPECT_THAT(after, HasSubstr("moorage_memory_refusals_total{purpose=\"input\"} 0\n"));
}

}  // namespace
}  // namespace moorage::telemetry
