#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/table.h"
#include "edge/cli/text/text.h"

namespace moorage::cli {

namespace {

using cli_text::Align;
using cli_text::Table;
using cli_text::TextOf;
using cli_text::Width;
using json::Json;

std::string DiffText(const Json& document, Width width) {
  std::string text = TextOf(document, "from") + " -> " + TextOf(document, "to") + "\n\n";
  if (document["same_artifact"].get<bool>()) return text + "The artifacts are the same bytes.\n";
  if (document["changes"].empty()) {
    text += "Callers see no change of inputs and outputs.\n";
  } else {
    text += "For callers this is a " + TextOf(document, "least_bump") + " change:\n";
    for (const Json& change : document["changes"]) {
      text += "  " + TextOf(change, "bump") + ": " + TextOf(change, "what") + "\n";
    }
  }
  if (document["metrics"].empty()) return text;
  Table table({{"METRIC (of training)"}, {"FROM", Align::kRight}, {"TO", Align::kRight}});
  for (const Json& metric : document["metrics"]) {
    table.Add({TextOf(metric, "metric"), TextOf(metric, "from"), TextOf(metric, "to")});
  }
  return text + "\n" + table.ToText(width);
}

base::Result<int> Diff(const CLI::App& words, Shell& shell) {
  model::ApiCall call = model::MakeCall(management::kDiff.row);
  call.query["from"] = Text(words, "from");
  call.query["to"] = Text(words, "to");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  const Width width = shell.width();
  shell.Show(reply.body, [width](const Json& document) { return DiffText(document, width); });
  return 0;
}

}  // namespace

void AddDiff(CommandLine& line) {
  CLI::App& command = line.Add("diff", "Compare two versions as their callers see them", &Diff);
  AddWord(command, "from", "The version to compare with").type_name("REF");
  AddWord(command, "to", "The version that is compared").type_name("REF");
  AddExamples(command,
              {"moorage diff cancer@1.0.0 cancer@1.1.0", "moorage diff cancer cancer@staging"});
}

}  // namespace moorage::cli
