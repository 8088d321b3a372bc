#pragma once

// The interface of gates, with their input and their report.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/evaluation/evaluation.h"
#include "domain/evaluation/policy.h"
#include "foundation/json/json.h"
#include "foundation/model/outcome.h"

namespace moorage::evaluation {

using model::Outcome;

// The worse of the two, in the order ERROR > FAIL > INCONCLUSIVE > PASS.
Outcome Worse(Outcome a, Outcome b);

// How far two values of a metric may lie apart because of rounding alone. A gate adds it to the
// candidate's side of a comparison. It is 1e-12 times the larger value, or times the greatest value
// that the metric can have where there is one (accuracy, f1 and r2 have 1). So an error of 8e-13 is
// no error of 1e-15.
double RoundingSlack(std::string_view metric, double a, double b);

// One comparison, with the exact numbers that were compared.
struct Measurement {
  std::string metric;
  double value = 0;        // NaN if it is not defined
  std::string comparison;  // ">=", "<=", ">"
  double threshold = 0;
  Outcome outcome = Outcome::kPass;
};

// One judgement over a candidate, with its evidence.
struct GateReport {
  std::string gate;
  Outcome outcome = Outcome::kPass;
  std::string message = {};  // one sentence, with the numbers
  std::vector<Measurement> measurements = {};
  json::Json evidence = json::Json::object();
};

// {"name", "outcome", "message", "measurements": [{"metric", "value", "comparison", "threshold",
// "outcome"}], "evidence"}
json::Json ToJson(const GateReport& report);

// What gates look at. The baseline is null for a first version, and if it could not be measured. In
// the second case `not_compared` explains why.
struct GateInput {
  const Policy& policy;
  const Evaluation& candidate;
  const Evaluation* baseline = nullptr;
  std::string_view not_compared = {};
};

// Judges one thing about a candidate. Pure, so the same input gives the same report.
class Gate {
 public:
  virtual ~Gate() = default;

  virtual std::string_view name() const = 0;
  // Nothing if the policy does not ask for this gate.
  virtual std::optional<GateReport> Judge(const GateInput& input) const = 0;
};

// Combines measurements into one report. The worst outcome decides. The message lists what is not a
// PASS, or else everything.
GateReport Summarise(std::string_view gate, std::vector<Measurement> measurements);

// "accuracy 0.95 >= 0.9"
std::string Describe(const Measurement& measurement);

}  // namespace moorage::evaluation
