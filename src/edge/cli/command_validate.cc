#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/text.h"
#include "edge/cli/text/validation_text.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using cli_text::ValidationText;

base::Result<int> Validate(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  model::ApiCall call = model::MakeCall(management::kValidate.row, model::SelectorParameters(ref));
  call.query["target"] = Text(words, "--target");
  if (Has(words, "--for")) call.query["alias"] = Text(words, "--for");
  if (Has(words, "--baseline")) call.query["baseline"] = Text(words, "--baseline");
  if (Has(words, "--ignore")) call.query["ignore"] = Text(words, "--ignore");
  ASSIGN_OR_RETURN(std::string data, shell.ReadFile(Text(words, "--data")));
  call.parts.push_back({"data", "data.csv", std::move(data)});
  if (Has(words, "--policy")) {
    ASSIGN_OR_RETURN(std::string policy, shell.ReadText(Text(words, "--policy")));
    call.parts.push_back({"policy", "policy.yaml", std::move(policy)});
  }
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, [&shell](const json::Json& report) {
    return ValidationText(
        report, [&shell](const std::string& outcome) { return shell.Outcome(outcome); },
        shell.width());
  });
  return reply.body["exit_code"].get<int>();
}

}  // namespace

void AddValidate(CommandLine& line) {
  CLI::App& command = line.Add(
      "validate", "Measure a version on labelled data and judge it by a policy", &Validate);
  command.footer(
      "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 3 ERROR. Only a PASS that the alias' rule "
      "counts promotes.");
  AddWord(command, "ref", "The version, as in cancer@1.2.0").type_name("REF");
  AddText(command, "--data", "FILE", "CSV with a header").required();
  AddText(command, "--target", "COLUMN", "The column with what is true").required();
  AddText(command, "--policy", "FILE", "Ask this of the version, not what the alias' rule asks");
  AddText(command, "--for", "ALIAS",
          "The alias whose rule it is judged by and whose version it is compared with (default "
          "production)");
  AddText(command, "--baseline", "REF", "Compare with this version, or none (default: the alias)");
  AddText(command, "--ignore", "A,B", "Columns that are neither feature nor target");
  AddExamples(
      command,
      {"moorage validate cancer@1.2.0 --data test.csv --target diagnosis",
       "moorage validate cancer@1.2.0 --data test.csv --target diagnosis --policy gates.yaml"});
}

}  // namespace moorage::cli
