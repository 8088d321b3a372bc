#include "domain/registry/alias_move.h"

namespace moorage::registry {

std::string_view Name(MoveVerb verb) { return verb == MoveVerb::kPromote ? "promote" : "rollback"; }

base::Result<MoveVerb> ParseMoveVerb(std::string_view text) {
  if (text == "promote") return MoveVerb::kPromote;
  if (text == "rollback") return MoveVerb::kRollback;
  return base::Error{base::Code::kInvalid,
                     "verb '" + std::string(text) + "': expected promote or rollback"};
}

// Replays the history on a stack. One pass, because every move is pushed and popped at most once.
std::vector<model::SemVer> RollbackStack(std::span<const AliasMove> moves) {
  std::vector<model::SemVer> stack;
  for (const AliasMove& move : moves) {
    if (move.verb == MoveVerb::kPromote) {
      stack.push_back(move.to);
      continue;
    }
    // The current version is what is rolled back, even if its number is on the stack twice.
    if (!stack.empty()) stack.pop_back();
    while (!stack.empty() && !(stack.back() == move.to)) stack.pop_back();
  }
  return stack;
}

}  // namespace moorage::registry
