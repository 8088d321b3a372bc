#include "edge/cli/commands.h"
#include "edge/cli/text.h"
#include "edge/cli/words.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using json::Json;

std::string MoveText(const Json& move) {
  const std::string alias = TextOf(move, "name") + "@" + TextOf(move, "alias");
  if (!move["changed"].get<bool>()) {
    return alias + " points to " + TextOf(move, "to") + " already\n";
  }
  const bool forced = move["forced"].get<bool>();
  return alias + " -> " + TextOf(move, "to") +
         (move["from"].is_null() ? " (new alias)" : " (was " + TextOf(move, "from") + ")") +
         (forced ? ", forced: " + TextOf(move, "reason") : "") + "\n";
}

base::Result<int> Promote(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(Text(words, "--to")));
  model::ApiCall call = MakeCall(
      "PUT", "/api/v1/models/" + ref.name.value() + "/aliases/" + alias.value(),
      {{"version", ref.version() != nullptr ? ref.version()->text() : ref.alias()->value()}});
  if (Has(words, "--force")) call.body["force"] = true;
  if (Has(words, "--reason")) call.body["reason"] = Text(words, "--reason");
  if (Has(words, "--expect")) {
    const std::string expected = Text(words, "--expect");
    call.body["expected"] = expected == "none" ? Json(nullptr) : Json(expected);
  }
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &MoveText);
  return 0;
}

base::Result<int> Rollback(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(Text(words, "name")));
  const std::string said = Text(words, "--alias");
  ASSIGN_OR_RETURN(const model::Alias alias, model::ParseAlias(said.empty() ? "production" : said));
  model::ApiCall call =
      MakeCall("POST", "/api/v1/models/" + name.value() + "/aliases/" + alias.value() + "/rollback",
               Json::object());
  if (Has(words, "--to")) call.body["to"] = Text(words, "--to");
  if (Has(words, "--reason")) call.body["reason"] = Text(words, "--reason");
  if (Has(words, "--expect")) call.body["expected"] = Text(words, "--expect");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &MoveText);
  return 0;
}

}  // namespace

void AddPromote(CommandLine& line) {
  CLI::App& command =
      line.Add("promote", "Point an alias to a version that has passed its validation", &Promote);
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
