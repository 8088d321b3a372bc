#pragma once

// How a family of metrics is declared.

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

// A family of metrics, as far as it does not change while the server runs. Declared as a constant
// beside the code that counts it, and listed there.
//
//   inline constexpr MetricFamily kHitsFamily = {
//       "moorage_hits_total", MetricType::kCounter, "Answers from the cache.", {"model"}};
//   inline constexpr std::array kCacheFamilies = {&kHitsFamily};
//
// main/metric_families.cc joins the lists of all rooms. docs/operations/metrics.md describes every
// family.
struct MetricFamily {
  std::string_view name;
  MetricType type = MetricType::kCounter;
  std::string_view help;
  std::array<std::string_view, kMaxLabels> label_names{};

  constexpr std::size_t label_count() const {
    std::size_t count = 0;
    while (count < kMaxLabels && !label_names[count].empty()) ++count;
    return count;
  }
};

// The families of a room, or of the server. They are constants and live as long as the process.
using FamilyList = std::span<const MetricFamily* const>;

}  // namespace moorage::telemetry
