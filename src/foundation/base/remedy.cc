#include "foundation/base/remedy.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace moorage::base {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 10> kRemedyNames = {
    "set_alias",   "move_alias", "validate",   "give_reason",   "name_version",
    "list_labels", "name_task",  "name_roles", "allow_missing", "serve_registry"};

}  // namespace

std::string_view Name(RemedyKind kind) { return kRemedyNames.at(static_cast<std::size_t>(kind)); }

std::optional<RemedyKind> ParseRemedyKind(std::string_view name) {
  const auto* const found = std::ranges::find(kRemedyNames, name);
  if (found == kRemedyNames.end()) return std::nullopt;
  return static_cast<RemedyKind>(found - kRemedyNames.begin());
}

}  // namespace moorage::base
