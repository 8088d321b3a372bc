#include <string>

#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/move_text.h"
#include "foundation/model/names.h"

namespace moorage::cli {

namespace {

using json::Json;

base::Result<int> Rollback(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(Text(words, "name")));
  const std::string said = Text(words, "--alias");
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(said.empty() ? "production" : said));
  model::ApiCall call =
      model::MakeCall(management::kRollback.row, {{"name", name.value()}, {"alias", alias.value()}},
                      Json::object());
  if (Has(words, "--to")) call.body["to"] = Text(words, "--to");
  if (Has(words, "--reason")) call.body["reason"] = Text(words, "--reason");
  if (Has(words, "--expect")) call.body["expected"] = Text(words, "--expect");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &cli_text::MoveText);
  return 0;
}

}  // namespace

void AddRollback(CommandLine& line) {
  CLI::App& command = line.Add("rollback", "Point an alias back to the version before", &Rollback);
  AddWord(command, "name", "The model").type_name("NAME");
  AddText(command, "--alias", "ALIAS", "The alias (default production)");
  AddText(command, "--to", "VERSION", "A version that the alias pointed to before");
  AddText(command, "--expect", "VERSION", "Refuse unless this is the alias's version now");
  AddText(command, "--reason", "TEXT", "Why, for the audit log");
  AddExamples(command, {"moorage rollback cancer --reason 'error rate'",
                        "moorage rollback cancer --to 1.0.0 --alias staging"});
}

}  // namespace moorage::cli
