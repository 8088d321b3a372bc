#pragma once

// One scrape, from the collectors to the text.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/telemetry/metrics/histogram.h"
#include "foundation/telemetry/metrics/metric_family.h"

namespace moorage::telemetry {

enum class ExpositionFormat : std::uint8_t { kPrometheusText, kOpenMetrics };

// Returns the format that an Accept header prefers. That is OpenMetrics 1.0.0 if it is named with
// at least the quality of text/plain, else the Prometheus text format 0.0.4.
ExpositionFormat NegotiateExposition(std::string_view accept);

// The Content-Type of an answer.
std::string_view ContentType(ExpositionFormat format);

// One scrape. Collectors add what they have, then it is written. Families come out in the order of
// their names, samples in the order of their labels. A value that is not finite is left out.
//
//   Exposition exposition(MetricFamilies());
//   for (const Collector* collector : collectors) collector->Collect(exposition);
//   const std::string text = exposition.ToText(ExpositionFormat::kOpenMetrics);
class Exposition {
 public:
  // Takes any family, for tests.
  Exposition() = default;
  // Takes these families only. Another one is a mistake in the program, because it
  // would be exposed without a document and without a test.
  explicit Exposition(FamilyList declared) : declared_(declared) {}

  // Values of the labels, in the order of family.label_names.
  using Labels = std::span<const std::string_view>;

  // Adding to the same labels again adds up, so shards of one counter need not be merged before.
  void Add(const MetricFamily& family, Labels labels, double value);
  void Add(const MetricFamily& family, Labels labels, const HistogramSnapshot& histogram);

  void Add(const MetricFamily& family, std::initializer_list<std::string_view> labels,
           double value) {
    Add(family, Labels(labels.begin(), labels.size()), value);
  }
  void Add(const MetricFamily& family, std::initializer_list<std::string_view> labels,
           const HistogramSnapshot& histogram) {
    Add(family, Labels(labels.begin(), labels.size()), histogram);
  }

  std::string ToText(ExpositionFormat format) const;

 private:
  struct Sample {
    double value = 0;
    HistogramSnapshot histogram;
  };
  struct Family {
    const MetricFamily* description = nullptr;
    std::map<std::string, Sample> samples;  // by rendered labels, `endpoint="v1",model="cancer"`
  };

  Sample& SampleOf(const MetricFamily& family, Labels labels);

  const FamilyList declared_;  // empty if any is taken
  std::map<std::string_view, Family> families_;
};

// A source of metrics. Called on the thread that answers a scrape, beside the threads that record.
class Collector {
 public:
  virtual ~Collector() = default;

  virtual void Collect(Exposition& exposition) const = 0;
};

}  // namespace moorage::telemetry
