#pragma once

// Compares the manifests of two versions. Pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "foundation/model/manifest.h"
#include "foundation/model/semver.h"

namespace moorage::contract {

enum class Bump : std::uint8_t { kPatch, kMinor, kMajor };
std::string_view Name(Bump bump);

// One difference that callers can see, and the least bump that announces it.
struct ContractChange {
  Bump bump = Bump::kPatch;
  std::string what;  // "input 'x': shape [-1,30] -> [-1,31]"
};

// Lists everything that changes for callers from one manifest to the next. Pure.
// - Major are removed, renamed and retyped inputs and outputs, and new required inputs.
// - Major are also inputs that take less, and outputs that promise less, by their dimensions.
// - Major are also changes of rank, labels or their order, task and roles.
// - Major are also changes of features, or of the element of an input that a feature fills.
// - Minor are new optional inputs, new outputs, inputs that take more and outputs that promise
// more.
// - An empty list is a patch.
std::vector<ContractChange> Diff(const model::Manifest& from, const model::Manifest& to);

// The largest bump of the changes, or kPatch if there are none.
Bump LeastBump(const std::vector<ContractChange>& changes);

model::SemVer Next(const model::SemVer& current, Bump bump);
// True if `next` comes after `current` and its number announces at least `needed`. It, or the
// release that it is a pre-release of, must be Next(current, needed) or later. From 0.y.z any later
// version covers anything.
bool Covers(const model::SemVer& current, const model::SemVer& next, Bump needed);

}  // namespace moorage::contract
