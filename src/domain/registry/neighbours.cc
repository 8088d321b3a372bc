#include "domain/registry/neighbours.h"

namespace moorage::registry {

Neighbours NeighboursOf(std::span<const ModelVersion> versions, const model::SemVer& version) {
  Neighbours neighbours;
  for (const ModelVersion& one : versions) {
    if (one.version.is_prerelease()) continue;
    if (one.version < version) neighbours.below = one.version;
    if (version < one.version && !neighbours.above) neighbours.above = one.version;
  }
  return neighbours;
}

}  // namespace moorage::registry
