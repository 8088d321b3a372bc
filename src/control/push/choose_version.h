#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "domain/contract/signature_diff.h"
#include "domain/registry/model_version.h"
#include "foundation/base/result.h"
#include "foundation/model/semver.h"

namespace moorage::control {

struct LeastLegal {};

// Which version a push wants to be: not said (what the metadata says, else the least legal one),
// the least legal one, one step of this size, or exactly this one.
using VersionWish = std::variant<std::monostate, LeastLegal, contract::Bump, model::SemVer>;

// The version that a push under `wish` is compared with: the latest release (else the latest of
// all) for a step, and for an exact version the highest release before it. Null if there is none.
// `versions` are sorted by precedence, the newest last.
const registry::ModelVersion* ComparedWith(const VersionWish& wish,
                                           std::span<const registry::ModelVersion> versions);

struct ChosenVersion {
  model::SemVer version;
  contract::Bump step = contract::Bump::kPatch;   // from the one compared with
  std::optional<model::SemVer> compared_with;     // nothing: there is nothing before it
  std::vector<contract::ContractChange> changes;  // since then
};

inline constexpr std::string_view kFirstVersion = "1.0.0";

// The version that `wish` comes to, given what changed since `base`. Pure. kConflict: it would
// promise callers less change than there is; the message names the changes and the least legal
// version, the details each change. A version that is registered already was judged when it came.
enum class Registered : bool { kNo, kYes };
base::Result<ChosenVersion> ChooseVersion(const VersionWish& wish, const model::SemVer* base,
                                          std::vector<contract::ContractChange> changes,
                                          Registered registered);

}  // namespace moorage::control
