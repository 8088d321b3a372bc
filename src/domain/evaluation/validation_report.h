#pragma once

// The document of a validation. Plain values and pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/evaluation/evaluation.h"
#include "domain/evaluation/gate_runner.h"
#include "domain/evaluation/policy.h"
#include "foundation/base/clock.h"
#include "foundation/json/json.h"
#include "foundation/model/names.h"

namespace moorage::evaluation {

// A version that took part in a validation.
struct ValidatedVersion {
  std::string model;
  std::string version;
  model::Digest artifact;
};

// The version of the baseline, and its metrics on the same rows.
struct BaselineResult {
  ValidatedVersion version;
  MetricSet metrics;
};

// The default policy, a file of the caller, or the rule of an alias.
enum class PolicySource : std::uint8_t { kDefault, kGiven, kRule };
std::string_view Name(PolicySource source);

// The result of a validation, bound to the digests of everything that it depends on. The verdict
// holds only for this artifact, data, policy and baseline.
struct ValidationReport {
  ValidatedVersion candidate;
  std::optional<BaselineResult> baseline;
  // One sentence that explains why there is no comparison although one was wanted, else empty.
  std::string not_compared = {};
  Evaluation evaluation;
  Policy policy;
  PolicySource policy_source = PolicySource::kDefault;
  Verdict verdict;
  std::string engine;  // program and runtime, as in "moorage 0.1.0, onnxruntime 1.28.0"
  base::Time started{};
};

// The document that is printed, stored as evidence and returned by the API. docs/formats/policy.md
// has the format. Numbers that are not defined are null.
json::Json ToJson(const ValidationReport& report);

}  // namespace moorage::evaluation
