#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/rule_text.h"
#include "foundation/base/parse_number.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using json::Json;

// Empty if no option changes the rule.
base::Result<Json> RuleBody(const CLI::App& words, Shell& shell) {
  Json body = Json::object();
  if (Has(words, "--policy")) {
    ASSIGN_OR_RETURN(std::string policy, shell.ReadFile(Text(words, "--policy")));
    body["policy"] = std::move(policy);
  }
  if (Has(words, "--rows")) {
    const auto rows = base::ParseNumber<std::uint32_t>(Text(words, "--rows"));
    if (!rows) {
      return base::Error{base::Code::kInvalid,
                         "--rows " + Text(words, "--rows") + ": must be a whole number"};
    }
    body["fewest_rows"] = *rows;
  }
  if (Has(words, "--fresh")) {
    const std::string fresh = Text(words, "--fresh");
    body["fresh_for"] = fresh == "none" ? Json(nullptr) : Json(fresh);
  }
  if (Has(words, "--proof")) body["proof"] = Text(words, "--proof");
  if (Has(words, "--baseline")) body["baseline"] = Text(words, "--baseline");
  if (Has(words, "--standard")) body["standard"] = true;
  if (!body.empty() && Has(words, "--reason")) body["reason"] = Text(words, "--reason");
  return body;
}

base::Result<int> AliasRule(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  if (ref.alias() == nullptr) {
    return base::Error{base::Code::kInvalid, Text(words, "ref") +
                                                 ": a rule is that of an alias, as in " +
                                                 ref.name.value() + "@production"};
  }
  ASSIGN_OR_RETURN(Json body, RuleBody(words, shell));
  const auto& row = body.empty() ? management::kShowAliasRule.row : management::kSetAliasRule.row;
  const model::ApiCall call =
      model::MakeCall(row, {{"name", ref.name.value()}, {"alias", ref.alias()->value()}},
                      body.empty() ? Json(nullptr) : std::move(body));
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &cli_text::RuleText);
  return 0;
}

}  // namespace

void AddAlias(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("alias", "Look at aliases and their rules");
  group.require_subcommand(1);
  group.set_help_flag();
  CLI::App& command = line.AddBelow(
      group, "rule", "Show or set what a version must show before an alias points to it",
      &AliasRule);
  AddWord(command, "ref", "The alias, as in cancer@production").type_name("REF");
  AddText(command, "--policy", "FILE", "Only a PASS under this policy counts (YAML or JSON)");
  AddText(command, "--rows", "N", "Only a PASS on so many rows counts");
  AddText(command, "--fresh", "DURATION", "A PASS counts so long, as in 30d (none: no limit)");
  AddText(command, "--baseline", "WHICH",
          "current: a PASS must be against what the alias serves; any: it need not");
  AddText(command, "--proof", "WHICH", "pass: a PASS is needed; none: nothing is");
  AddFlag(command, "--standard", "Put the standard rule back");
  AddText(command, "--reason", "TEXT", "Why, for the audit log");
  AddExamples(command,
              {"moorage alias rule cancer@production",
               "moorage alias rule cancer@production --policy gates.yaml --rows 500 --fresh 30d",
               "moorage alias rule cancer@staging --proof pass --baseline any"});
}

}  // namespace moorage::cli
