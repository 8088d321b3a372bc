#include "main/metric_families.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace moorage::main {
namespace {

using telemetry::MetricFamily;
using telemetry::MetricType;

TEST(MetricFamilies, IsSortedAndHasEveryNameOnce) {
  std::string_view before;
  for (const MetricFamily* family : MetricFamilies()) {
    EXPECT_LT(before, family->name);
    before = family->name;
  }
}

TEST(MetricFamilies, FollowsTheConventionsForNames) {
  for (const MetricFamily* family : MetricFamilies()) {
    EXPECT_EQ(family->name.ends_with("_total"), family->type == MetricType::kCounter)
        << family->name;
    EXPECT_TRUE(family->help.ends_with('.')) << family->name;
    for (std::size_t i = 0; i < family->label_count(); ++i) {
      EXPECT_NE(family->label_names.at(i), "le") << family->name;
    }
  }
}

// The names are a promise to dashboards and alert rules: a change here is a change for every user.
TEST(MetricFamilies, HoldsExactlyTheFamiliesThatArePromised) {
  std::string names;
  for (const MetricFamily* family : MetricFamilies()) {
    names += std::string(Name(family->type)) + " " + std::string(family->name) + "{";
    for (std::size_t i = 0; i < family->label_count(); ++i) {
      names += (i > 0 ? "," : "") + std::string(family->label_names.at(i));
    }
    names += "}\n";
  }
  EXPECT_EQ(names,
            "gauge model_accuracy{model,version}\n"
            "histogram model_request_duration_seconds{endpoint,model,version}\n"
            "counter model_requests_total{endpoint,model,version,code}\n"
            "histogram moorage_batch_size{model,version}\n"
            "gauge moorage_build_info{version,onnxruntime}\n"
            "gauge moorage_connections{}\n"
            "counter moorage_connections_ended_total{reason}\n"
            "counter moorage_log_dropped_total{type,reason}\n"
            "histogram moorage_loop_lag_seconds{}\n"
            "gauge moorage_memory_bytes{purpose}\n"
            "gauge moorage_memory_limit_bytes{}\n"
            "counter moorage_memory_refusals_total{purpose}\n"
            "gauge moorage_model_info{model,version,digest,aliases}\n"
            "gauge moorage_queue_depth{model}\n"
            "counter moorage_rejected_total{reason}\n"
            "counter moorage_requests_total{endpoint,code,reason}\n"
            "histogram moorage_stage_duration_seconds{stage}\n"
            "counter process_cpu_seconds_total{}\n"
            "gauge process_max_fds{}\n"
            "gauge process_open_fds{}\n"
            "gauge process_resident_memory_bytes{}\n"
            "gauge process_start_time_seconds{}\n"
            "gauge process_threads{}\n"
            "gauge process_virtual_memory_bytes{}\n");
}

TEST(MetricFamilies, IsDocumentedFamilyByFamily) {
  std::ifstream file(std::string(MOORAGE_SOURCE_DIR) + "/docs/operations/metrics.md");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const MetricFamily* family : MetricFamilies()) {
    std::string row = "| `" + std::string(family->name);
    if (family->label_count() > 0) {
      row += "{";
      for (std::size_t i = 0; i < family->label_count(); ++i) {
        row += (i > 0 ? "," : "") + std::string(family->label_names.at(i));
      }
      row += "}";
    }
    row += "` | " + std::string(Name(family->type)) + " |";
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace moorage::main
