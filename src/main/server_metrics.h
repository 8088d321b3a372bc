#pragma once

// The metrics that are read off the server's objects at each scrape: moorage_build_info,
// moorage_model_info, model_accuracy, moorage_queue_depth.

#include <array>
#include <optional>
#include <string>

#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/models/model_manager.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "main/measured_accuracies.h"

namespace moorage::main {

// What the server counts of itself and of the versions that it serves.
inline constexpr telemetry::MetricFamily kBuildInfoFamily = {
    "moorage_build_info",
    telemetry::MetricType::kGauge,
    "1, with the versions of the server and of its runtime.",
    {"version", "onnxruntime"}};
inline constexpr telemetry::MetricFamily kModelInfoFamily = {
    "moorage_model_info",
    telemetry::MetricType::kGauge,
    "1 for each version that is loaded.",
    {"model", "version", "digest", "aliases"}};
inline constexpr telemetry::MetricFamily kModelAccuracyFamily = {
    "model_accuracy",
    telemetry::MetricType::kGauge,
    "Accuracy of the latest validation of a served version, from 0 to 1.",
    {"model", "version"}};

inline constexpr std::array kServerFamilies = {&kBuildInfoFamily, &kModelInfoFamily,
                                               &kModelAccuracyFamily};

class ServerMetrics : public telemetry::Collector {
 public:
  struct Deps {
    const models::ModelManager& manager;
    const lane::BatchExecutor& executor;
    const MeasuredAccuracies& accuracies;
    std::string runtime;  // "onnxruntime 1.28.0"
  };

  explicit ServerMetrics(Deps deps) : deps_(std::move(deps)) {}

  void Collect(telemetry::Exposition& exposition) const override;

 private:
  // The accuracy of a served version. It is that of the newest validation, else what the trainer
  // reported.
  std::optional<double> AccuracyOf(const servable::Servable& servable) const;

  const Deps deps_;
};

}  // namespace moorage::main
