#pragma once

// Moves of aliases, and what a rollback makes of them. Plain values and pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::registry {

enum class MoveVerb : std::uint8_t { kPromote, kRollback };

// "promote", "rollback".
std::string_view Name(MoveVerb verb);
base::Result<MoveVerb> ParseMoveVerb(std::string_view text);

// One move of an alias. It is never deleted.
struct AliasMove {
  std::int64_t id = 0;  // later moves have greater ones
  model::ModelName name;
  model::Alias alias;
  MoveVerb verb = MoveVerb::kPromote;
  std::optional<model::SemVer> from;  // nothing if the alias did not exist
  model::SemVer to;
  base::Time at;
  std::string actor;
  std::string reason;
  bool forced = false;                   // promoted with the evidence rule waived
  std::optional<std::int64_t> evidence;  // the PASS that allowed the promotion

  bool operator==(const AliasMove&) const = default;
};

// The versions that an alias can go back to, oldest first, the current one last. They are those
// that it was promoted to and that no rollback has undone. A promotion pushes a version. A rollback
// pops until its target is on top.
//
//   promote 1, promote 2, rollback         -> 1      and a second rollback has nothing to go to
//   promote 1, 2, 3, rollback, rollback    -> 1      2 and 3 were undone, not swapped
//   promote 1, 2, rollback, promote 3      -> 1, 3   the next rollback goes to 1, never to 2
//
// `moves` are those of one alias, oldest first.
std::vector<model::SemVer> RollbackStack(std::span<const AliasMove> moves);

}  // namespace moorage::registry
