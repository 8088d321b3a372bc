#include "edge/probes/probe_operations.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace moorage::probes {
namespace {

TEST(ProbeOperations, AreReadOnlyAndNoInference) {
  for (const auto operations : {ProbeOperations(), MetricsOperations()}) {
    std::set<std::string_view> names;
    for (const api::Operation& operation : operations) {
      EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
      EXPECT_EQ(operation.method, api::Method::kGet) << operation.name;
      EXPECT_FALSE(operation.is_inference) << operation.name;
      EXPECT_FALSE(operation.summary.empty()) << operation.name;
    }
  }
}

TEST(ProbeOperations, AskNoPermissionOfAHealthCheck) {
  for (const api::Operation& operation : ProbeOperations()) {
    const bool is_health = operation.path.find("/health") != std::string_view::npos;
    EXPECT_EQ(operation.is_probe, is_health) << operation.name;
    EXPECT_EQ(operation.permission, is_health ? api::Permission::kNone : api::Permission::kRead)
        << operation.name;
  }
}

TEST(MetricsOperations, AnswerAScrapeAndALivenessProbe) {
  ASSERT_EQ(MetricsOperations().size(), 2U);
  EXPECT_EQ(api::FindOperation(MetricsOperations(), "metrics").path, "/metrics");
  EXPECT_TRUE(api::FindOperation(MetricsOperations(), "health_live").is_probe);
}

}  // namespace
}  // namespace moorage::probes
