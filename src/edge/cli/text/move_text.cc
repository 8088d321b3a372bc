#include "edge/cli/text/move_text.h"

#include "edge/cli/text/text.h"

namespace moorage::cli_text {

namespace {

// Only a server answers for what it serves.
std::string NotServed(const json::Json& move) {
  if (!move.contains("not_served")) return "";
  return "  not served  " + Harmless(move["not_served"].get<std::string>()) + "\n";
}

std::string Notes(const json::Json& move) {
  std::string text;
  if (!move.contains("notes")) return text;
  for (const json::Json& note : move["notes"]) {
    text += "  note        " + Harmless(note.get<std::string>()) + "\n";
  }
  return text;
}

}  // namespace

std::string MoveText(const json::Json& move) {
  const std::string alias = TextOf(move, "name") + "@" + TextOf(move, "alias");
  if (!move["changed"].get<bool>()) {
    return alias + " points to " + TextOf(move, "to") + " already\n" + NotServed(move);
  }
  const bool forced = move["forced"].get<bool>();
  return alias + " -> " + TextOf(move, "to") +
         (move["from"].is_null() ? " (new alias)" : " (was " + TextOf(move, "from") + ")") +
         (forced ? ", forced: " + TextOf(move, "reason") : "") + "\n" + Notes(move) +
         NotServed(move);
}

}  // namespace moorage::cli_text
