#pragma once

// Stored gate results. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/model/names.h"
#include "foundation/model/outcome.h"
#include "foundation/model/semver.h"

namespace moorage::registry {

using model::Outcome;

// The kind of evidence that a promotion asks for.
inline constexpr std::string_view kValidateEvidence = "validate";

// A stored gate result, bound to the digests of all that it was made from. It is valid only for
// this artifact under this name and version, on this data, by this policy.
struct Evidence {
  std::int64_t id = 0;  // given by the registry, greater for later evidence
  model::ModelName name;
  model::SemVer version;
  model::Digest artifact;
  std::string kind = std::string(kValidateEvidence);
  Outcome outcome = Outcome::kError;
  model::Digest dataset;
  std::uint64_t rows = 0;  // of the data set
  model::Digest policy;
  std::optional<model::Digest> baseline;  // the artifact that it was compared with
  // The program that judged and the runtime that ran the model, as in "moorage 0.1.0, onnxruntime
  // 1.28.0".
  std::string engine;
  base::Time created;  // given by the registry
  std::string actor;
  std::string report;  // JSON with every number behind the outcome

  bool operator==(const Evidence&) const = default;
};

}  // namespace moorage::registry
