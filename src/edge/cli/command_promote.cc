#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/move_text.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using json::Json;

base::Result<int> Promote(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(Text(words, "--to")));
  model::ApiCall call = model::MakeCall(
      management::kPromote.row, {{"name", ref.name.value()}, {"alias", alias.value()}},
      {{"version", ref.version() != nullptr ? ref.version()->text() : ref.alias()->value()}});
  if (Has(words, "--force")) call.body["force"] = true;
  if (Has(words, "--reason")) call.body["reason"] = Text(words, "--reason");
  if (Has(words, "--expect")) {
    // The API writes null for an alias that does not exist yet.
    const std::string expected = Text(words, "--expect");
    call.body["expected"] = expected == "none" ? Json(nullptr) : Json(expected);
  }
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &cli_text::MoveText);
  return 0;
}

}  // namespace

void AddPromote(CommandLine& line) {
  CLI::App& command =
      line.Add("promote", "Point an alias to a version that its rule allows", &Promote);
  AddWord(command, "ref", "The version, as in cancer@1.2.0").type_name("REF");
  AddText(command, "--to", "ALIAS", "production, staging, or a name of your own").required();
  AddText(command, "--expect", "VERSION",
          "Refuse unless this is the alias's version now (none: no such alias)");
  AddFlag(command, "--force", "Without a PASS; needs --reason, and the audit log shows it");
  AddText(command, "--reason", "TEXT", "Why, for the audit log");
  AddExamples(command, {"moorage promote cancer@1.2.0 --to production",
                        "moorage promote cancer@staging --to production --expect 1.1.0",
                        "moorage promote cancer@1.2.0 --to demo --force --reason 'for the fair'"});
}

}  // namespace moorage::cli
