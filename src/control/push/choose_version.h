#pragma once

// Chooses the version of a push. Pure.

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

// The version that a push asks for.
//  - Nothing: the version of the metadata, else the least legal one.
//  - The least legal one.
//  - One step of this size.
//  - Exactly this one.
using VersionWish = std::variant<std::monostate, LeastLegal, contract::Bump, model::SemVer>;

// The version that a push under `wish` is compared with. For a step it is the latest release, or
// the latest of all if there is no release. For an exact version it is the highest release before
// it.
const registry::ModelVersion* ComparedWith(const VersionWish& wish,
                                           std::span<const registry::ModelVersion> versions);

struct ChosenVersion {
  model::SemVer version;
  contract::Bump step = contract::Bump::kPatch;   // from the one compared with
  std::optional<model::SemVer> compared_with;     // unset if no version is before it
  std::vector<contract::ContractChange> changes;  // since then
};

// The lowest release above an exact version that is a release. Null for any other wish. The change
// from the pushed version to it must be announced by its number, too.
const registry::ModelVersion* FollowedBy(const VersionWish& wish,
                                         std::span<const registry::ModelVersion> versions);

// kConflict if the step from `exact` to the release above it announces less than `changes`.
base::Status CheckFollower(const model::SemVer& exact, const model::SemVer& above,
                           const std::vector<contract::ContractChange>& changes);

inline constexpr std::string_view kFirstVersion = "1.0.0";

// The version that `wish` comes to, given what changed since `base`. kConflict
// means that the version would promise callers less change than there is. The message names the
// changes and the least legal version, and each change is a detail. A version that is registered
// already was judged when it came.
enum class Registered : bool { kNo, kYes };
base::Result<ChosenVersion> ChooseVersion(const VersionWish& wish, const model::SemVer* base,
                                          std::vector<contract::ContractChange> changes,
                                          Registered registered);

}  // namespace moorage::control
