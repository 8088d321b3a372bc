#pragma once

// Models, versions and aliases as readers see them. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::registry {

// A published version, tied to one artifact. Only `aliases` changes.
struct ModelVersion {
  model::ModelName name;
  model::SemVer version;
  model::Digest artifact;             // of the artifact's index, see model::ArtifactIndex
  std::uint64_t size = 0;             // bytes of all its files
  base::Time created;                 // when it was published
  std::string actor;                  // who pushed it
  std::string checks;                 // JSON with what push found out about it
  std::vector<model::Alias> aliases;  // those that point to it now, sorted

  bool operator==(const ModelVersion&) const = default;
};

// An alias as it stands now.
struct AliasTarget {
  model::Alias alias;
  model::SemVer version;
  base::Time since;
  std::string actor;  // who moved it there

  bool operator==(const AliasTarget&) const = default;
};

// A model at a glance.
struct ModelSummary {
  model::ModelName name;
  base::Time created;
  std::size_t versions = 0;  // published and not deleted
  // The highest release, or nothing if there are pre-releases only.
  std::optional<model::SemVer> latest;
  std::vector<AliasTarget> aliases;  // sorted by alias
};

// "cancer@1.2.0".
std::string Format(const model::ModelName& name, const model::SemVer& version);

}  // namespace moorage::registry
