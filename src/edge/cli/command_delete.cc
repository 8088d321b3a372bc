#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/text.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using cli_text::TextOf;

base::Result<int> Delete(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  // No alias may point to a version that is deleted, so an alias or a bare name is a mistake.
  if (ref.version() == nullptr) {
    return base::Error{base::Code::kInvalid, "delete " + model::Format(ref) +
                                                 ": name the version, as in " + ref.name.value() +
                                                 "@1.2.0"};
  }
  model::ApiCall call =
      model::MakeCall(management::kDeleteVersion.row, model::SelectorParameters(ref));
  if (Has(words, "--reason")) call.query["reason"] = Text(words, "--reason");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, [](const json::Json& document) {
    return "deleted " + TextOf(document, "name") + "@" + TextOf(document, "version") + "\n";
  });
  return 0;
}

}  // namespace

void AddDelete(CommandLine& line) {
  CLI::App& command =
      line.Add("delete", "Delete a version that no alias points to; its number is never used again",
               &Delete);
  AddWord(command, "ref", "The version, as in cancer@1.2.0").type_name("REF");
  AddText(command, "--reason", "TEXT", "Why, for the audit log");
  AddExamples(command, {"moorage delete cancer@1.2.0 --reason 'trained on the wrong data'"});
}

}  // namespace moorage::cli
