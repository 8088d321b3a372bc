#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/evaluation/validation_report.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"
#include "platform/runtime/backend.h"

namespace moorage::control {

// What a candidate is compared with: the version behind `production`, if that is another one;
// nothing; or this version.
struct ProductionBaseline {};
struct NoBaseline {};
using BaselineWish = std::variant<ProductionBaseline, NoBaseline, model::ModelRef>;

struct ValidateRequest {
  model::ModelRef ref;
  std::string_view data;                   // CSV with a header
  std::string target;                      // a column of `data`
  std::vector<std::string> ignored;        // columns that are neither feature nor target
  std::optional<std::string_view> policy;  // JSON or YAML; nothing: the default policy
  BaselineWish baseline;
  std::string actor;
};

struct ValidateResult {
  evaluation::ValidationReport report;
  registry::Evidence evidence;  // as it was stored
};

// Measures a version on labelled data, judges it by a policy, and stores the verdict as evidence
// that is bound to the digests of artifact, data, policy and baseline. A verdict of FAIL is a
// result, not an error; an error (kInvalid: data or policy are broken; kUnsupported: the model
// gives no predictions) stores nothing. With a production version that cannot read the data (it
// takes other features, or other labels) nothing is compared: the report says so in `not_compared`,
// and a policy that asks for a comparison has no PASS. A baseline that was asked for by name and
// cannot be compared is an error.
class ValidateVersion {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    const base::Clock& clock;
    std::string program;  // "moorage 0.1.0": who judges, for the evidence
  };

  explicit ValidateVersion(Deps deps) : deps_(std::move(deps)) {}

  base::Result<ValidateResult> Run(const ValidateRequest& request);

 private:
  struct Measured {
    registry::ModelVersion version;
    evaluation::Evaluation evaluation;
  };

  base::Result<Measured> Measure(const registry::ModelVersion& version,
                                 const model::Artifact& artifact, const ValidateRequest& request);
  // Measured, or why not, or neither: there is nothing to compare with.
  struct Baseline {
    std::optional<Measured> measured = {};
    std::string not_compared = {};
  };

  base::Result<Baseline> MeasureBaseline(const registry::ModelVersion& candidate,
                                         const ValidateRequest& request);

  const Deps deps_;
};

}  // namespace moorage::control
