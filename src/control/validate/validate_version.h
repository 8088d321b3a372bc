#pragma once

// Measures a version on labelled data and judges it by a policy. The use case behind `moorage
// validate`.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/evaluation/validation_report.h"
#include "domain/registry/registry.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"
#include "platform/runtime/backend.h"

namespace moorage::control {

// What a candidate is compared with.
//  - The version behind the alias that it is meant for, if that is another one.
//  - Nothing.
//  - This version.
struct ProductionBaseline {};
struct NoBaseline {};
using BaselineWish = std::variant<ProductionBaseline, NoBaseline, model::ModelRef>;

struct ValidateRequest {
  model::ModelRef ref;
  std::string_view data;             // CSV with a header
  std::string target;                // a column of `data`
  std::vector<std::string> ignored;  // columns that are neither feature nor target
  // JSON or YAML. Unset: the policy of the rule of `alias`, else the default policy.
  std::optional<std::string_view> policy;
  BaselineWish baseline;
  model::Alias alias{"production"};  // that the version is meant for
  std::string actor;
  base::CancelToken cancel = {};
};

struct ValidateResult {
  evaluation::ValidationReport report;
  registry::Evidence evidence;  // as it was stored
  registry::RuleVerdict rule;   // whether the rule of the alias allows the promotion now
};

// The verdict is stored as evidence. The evidence is bound to the digests of artifact, data, policy
// and baseline. A verdict of FAIL is a result. An error stores nothing.
//  - kInvalid means that data or policy are broken.
//  - kUnsupported means that the model gives no predictions.
//
// A production version may take other features or other labels than the data has. Then nothing is
// compared, and the report has the reason in `not_compared`. A policy that asks for a comparison
// then has no PASS. A baseline that was named and cannot be compared is an error.
//
// The token is asked between the steps, before each batch of rows, and once more inside the
// transaction. A validation that was cancelled stores nothing. Safe from any thread.
class ValidateVersion {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    const base::Clock& clock;
    std::string program;  // "moorage 0.1.0", recorded in the evidence
  };

  explicit ValidateVersion(Deps deps) : deps_(std::move(deps)) {}

  base::Result<ValidateResult> Run(const ValidateRequest& request);

 private:
  struct Measured {
    registry::ModelVersion version;
    evaluation::Evaluation evaluation;
  };

  base::Result<evaluation::Policy> ReadPolicy(const model::ModelName& name,
                                              const ValidateRequest& request, model::Task task);
  base::Result<Measured> Measure(const registry::ModelVersion& version,
                                 const model::Artifact& artifact, const ValidateRequest& request);
  // Measured, or the reason why not. Both are empty if there is no baseline.
  struct Baseline {
    std::optional<Measured> measured = {};
    std::string not_compared = {};
  };

  base::Result<Baseline> MeasureBaseline(const registry::ModelVersion& candidate,
                                         const ValidateRequest& request);

  const Deps deps_;
};

}  // namespace moorage::control
