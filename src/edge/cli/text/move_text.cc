#include "edge/cli/text/move_text.h"

#include "edge/cli/text/text.h"

namespace moorage::cli_text {

std::string MoveText(const json::Json& move) {
  const std::string alias = TextOf(move, "name") + "@" + TextOf(move, "alias");
  if (!move["changed"].get<bool>()) {
    return alias + " points to " + TextOf(move, "to") + " already\n";
  }
  const bool forced = move["forced"].get<bool>();
  return alias + " -> " + TextOf(move, "to") +
         (move["from"].is_null() ? " (new alias)" : " (was " + TextOf(move, "from") + ")") +
         (forced ? ", forced: " + TextOf(move, "reason") : "") + "\n";
}

}  // namespace moorage::cli_text
