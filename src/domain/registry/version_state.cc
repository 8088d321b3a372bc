#include "domain/registry/version_state.h"

#include <array>
#include <cassert>
#include <cstddef>

namespace moorage::registry {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kStateNames = {"free", "pending", "ready", "deleted"};

}  // namespace

std::string_view Name(VersionState state) {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::optional<VersionState> ParseVersionState(std::string_view text) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames.at(i) == text) return static_cast<VersionState>(i);
  }
  return std::nullopt;
}

std::string_view NameAfter(VersionMove move) {
  assert(base::MayMove(kVersionMoves, move.from, move.to));
  return Name(move.to);
}

}  // namespace moorage::registry
