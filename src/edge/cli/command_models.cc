#include "control/management/operations.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/table.h"
#include "edge/cli/text/text.h"
#include "foundation/model/names.h"

namespace moorage::cli {

namespace {

using cli_text::Age;
using cli_text::Align;
using cli_text::Join;
using cli_text::ShortDigest;
using cli_text::Table;
using cli_text::TextOf;
using cli_text::Width;
using json::Json;

// "production 1.2.0, staging 1.3.0"
std::string AliasTargets(const Json& aliases) {
  std::string text;
  for (const Json& alias : aliases) {
    text += (text.empty() ? "" : ", ") + TextOf(alias, "alias") + " " + TextOf(alias, "version");
  }
  return text.empty() ? "-" : text;
}

std::string ModelsText(const Json& document, base::Time now, Width width) {
  if (document["models"].empty()) {
    return "There are no models. Register one: moorage push NAME model.onnx\n";
  }
  Table table({{"NAME"}, {"LATEST"}, {"VERSIONS", Align::kRight}, {"ALIASES"}, {"CREATED"}});
  for (const Json& one : document["models"]) {
    table.Add({TextOf(one, "name"), TextOf(one, "latest"), TextOf(one, "version_count"),
               AliasTargets(one["aliases"]), Age(TextOf(one, "created"), now)});
  }
  return table.ToText(width);
}

std::string ModelText(const Json& document, base::Time now, Width width) {
  Table table({{"VERSION"}, {"ALIASES"}, {"VALIDATION"}, {"PUSHED"}, {"BY"}, {"ARTIFACT"}});
  for (const Json& one : document["versions"]) {
    table.Add({TextOf(one, "version"), Join(one["aliases"]),
               one["validation"].is_null() ? "-" : TextOf(one["validation"], "outcome"),
               Age(TextOf(one, "created"), now), TextOf(one, "actor"),
               ShortDigest(TextOf(one, "artifact"))});
  }
  return table.ToText(width);
}

base::Result<int> Models(const CLI::App& words, Shell& shell) {
  const base::Time now = shell.surroundings().clock.Now();
  const Width width = shell.width();
  if (!Has(words, "name")) {
    ASSIGN_OR_RETURN(const auto reply, shell.Call(model::MakeCall(management::kListModels.row)));
    shell.Show(reply.body,
               [now, width](const Json& document) { return ModelsText(document, now, width); });
    return 0;
  }
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(Text(words, "name")));
  ASSIGN_OR_RETURN(const auto reply, shell.Call(model::MakeCall(management::kShowModel.row,
                                                                {{"name", name.value()}})));
  shell.Show(reply.body,
             [now, width](const Json& document) { return ModelText(document, now, width); });
  return 0;
}

}  // namespace

void AddModels(CommandLine& line) {
  CLI::App& command = line.Add("models", "List the models, or the versions of one", &Models);
  AddWord(command, "name", "The model whose versions to list").required(false)->type_name("NAME");
  AddExamples(command, {"moorage models", "moorage models cancer"});
}

}  // namespace moorage::cli
