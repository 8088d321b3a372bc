#include "domain/evaluation/gates/gate.h"

#include <cmath>
#include <utility>

#include "domain/evaluation/metric.h"

namespace moorage::evaluation {
namespace {

int Severity(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return 0;
    case Outcome::kInconclusive:
      return 1;
    case Outcome::kFail:
      return 2;
    case Outcome::kError:
      break;
  }
  return 3;
}

}  // namespace

double RoundingSlack(std::string_view metric, double a, double b) {
  constexpr double kRelative = 1e-12;
  double scale = std::max(std::abs(a), std::abs(b));
  if (const auto kind = ParseMetricName(metric); kind.ok() && kind->highest) {
    scale = std::max(scale, *kind->highest);
  }
  return kRelative * scale;
}

Outcome Worse(Outcome a, Outcome b) { return Severity(a) >= Severity(b) ? a : b; }

std::string Describe(const Measurement& measurement) {
  const std::string value =
      std::isnan(measurement.value) ? "is not defined, must be" : ExactText(measurement.value);
  const bool failed = measurement.outcome == Outcome::kFail;
  return measurement.metric + " " + value + (failed ? " is not " : " ") + measurement.comparison +
         " " + ExactText(measurement.threshold);
}

GateReport Summarise(std::string_view gate, std::vector<Measurement> measurements) {
  GateReport report{.gate = std::string(gate),
                    .outcome = Outcome::kPass,
                    .message = {},
                    .measurements = std::move(measurements)};
  for (const Measurement& measurement : report.measurements) {
    report.outcome = Worse(report.outcome, measurement.outcome);
  }
  for (const Measurement& measurement : report.measurements) {
    // A report that is no PASS names only what prevents it.
    if (report.outcome != Outcome::kPass && measurement.outcome == Outcome::kPass) continue;
    if (!report.message.empty()) report.message += "; ";
    report.message += Describe(measurement);
  }
  return report;
}

json::Json ToJson(const GateReport& report) {
  json::Json measurements = json::Json::array();
  for (const Measurement& measurement : report.measurements) {
    measurements.push_back({{"metric", measurement.metric},
                            {"value", NumberOrNull(measurement.value)},
                            {"comparison", measurement.comparison},
                            {"threshold", NumberOrNull(measurement.threshold)},
                            {"outcome", Name(measurement.outcome)}});
  }
  return {{"name", report.gate},
          {"outcome", Name(report.outcome)},
          {"message", report.message},
          {"measurements", std::move(measurements)},
          {"evidence", report.evidence}};
}

}  // namespace moorage::evaluation
