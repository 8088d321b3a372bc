#pragma once

#include <optional>
#include <string>

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

// The baseline's side: which version, and its metrics on the same rows.
struct BaselineResult {
  ValidatedVersion version;
  MetricSet metrics;
};

enum class PolicySource : std::uint8_t { kDefault, kGiven };

// What a validation says, bound to the digests of everything that it depends on: the verdict holds
// for exactly this artifact, data, policy and baseline, and for nothing else.
struct ValidationReport {
  ValidatedVersion candidate;
  std::optional<BaselineResult> baseline;
  // Why there is no baseline although one was to be compared with: one sentence, else empty.
  std::string not_compared = {};
  Evaluation evaluation;
  Policy policy;
  PolicySource policy_source = PolicySource::kDefault;
  Verdict verdict;
  std::string engine;  // program and runtime: "moorage 0.1.0, onnxruntime 1.28.0"
  base::Time started{};
};

// The document that is printed, stored as evidence and returned by the API. Format:
// docs/formats/policy.md, "The report". Numbers that are not defined are null.
json::Json ToJson(const ValidationReport& report);

}  // namespace moorage::evaluation
