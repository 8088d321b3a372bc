#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/table.h"
#include "edge/cli/text/text.h"
#include "foundation/model/names.h"

namespace moorage::cli {

namespace {

using cli_text::Age;
using cli_text::Table;
using cli_text::TextOf;
using cli_text::Width;
using json::Json;

std::string HistoryText(const Json& document, base::Time now, Width width) {
  if (!document.contains("moves")) return TextOf(document, "version") + "\n";
  if (document["moves"].empty()) return "No alias of this model has been moved.\n";
  Table table({{"WHEN"}, {"ALIAS"}, {"VERB"}, {"FROM"}, {"TO"}, {"BY"}, {"REASON"}});
  for (const Json& move : document["moves"]) {
    const bool forced = move["forced"].get<bool>();
    table.Add({Age(TextOf(move, "at"), now), TextOf(move, "alias"),
               TextOf(move, "verb") + (forced ? " (forced)" : ""), TextOf(move, "from"),
               TextOf(move, "to"), TextOf(move, "actor"), TextOf(move, "reason")});
  }
  return table.ToText(width);
}

base::Result<int> History(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(Text(words, "name")));
  model::ApiCall call = model::MakeCall(management::kHistory.row, {{"name", name.value()}});
  if (Has(words, "--alias")) call.query["alias"] = Text(words, "--alias");
  if (Has(words, "--at")) call.query["at"] = Text(words, "--at");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  const base::Time now = shell.surroundings().clock.Now();
  const Width width = shell.width();
  shell.Show(reply.body,
             [now, width](const Json& document) { return HistoryText(document, now, width); });
  return 0;
}

}  // namespace

void AddHistory(CommandLine& line) {
  CLI::App& command = line.Add("history", "List every move of a model's aliases", &History);
  AddWord(command, "name", "The model").type_name("NAME");
  AddText(command, "--alias", "ALIAS", "Only the moves of this alias");
  AddText(command, "--at", "TIME", "What the alias (production) pointed to at this time");
  AddExamples(command, {"moorage history cancer --alias production",
                        "moorage history cancer --at 2026-01-27T01:08:12Z"});
}

}  // namespace moorage::cli
