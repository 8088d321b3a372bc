#pragma once

// The releases beside a version. Plain values and pure functions.

#include <optional>
#include <span>

#include "domain/registry/model_version.h"
#include "foundation/model/semver.h"

namespace moorage::registry {

// The releases beside a version, by precedence. A pre-release promises nothing, so it is no
// neighbour.
struct Neighbours {
  std::optional<model::SemVer> below;
  std::optional<model::SemVer> above;

  bool operator==(const Neighbours&) const = default;
};

// `versions` are sorted, newest last.
Neighbours NeighboursOf(std::span<const ModelVersion> versions, const model::SemVer& version);

}  // namespace moorage::registry
