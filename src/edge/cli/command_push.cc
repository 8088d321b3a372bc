#include "control/management/operations.h"
#include "control/push/model_files.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/push_options.h"
#include "edge/cli/text/text.h"
#include "foundation/model/names.h"

namespace moorage::cli {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using cli_text::Counted;
using cli_text::Harmless;
using cli_text::TextOf;
using json::Json;

Result<double> NumberOf(std::string_view option, const std::string& text) {
  const auto json = json::ParseJson(text);
  if (json.ok() && json->is_number()) return json->get<double>();
  return Error{Code::kInvalid, std::string(option) + " '" + text + "': not a number"};
}

Status AddMaps(const CLI::App& words, Json& options) {
  for (const std::string& metric : Texts(words, "--metric")) {
    ASSIGN_OR_RETURN(const Pair pair, ParsePair("--metric", metric));
    ASSIGN_OR_RETURN(options["metrics"][pair.key], NumberOf("--metric", pair.value));
  }
  for (const std::string& tag : Texts(words, "--tag")) {
    ASSIGN_OR_RETURN(const Pair pair, ParsePair("--tag", tag));
    options["tags"][pair.key] = pair.value;
  }
  for (const std::string& role : Texts(words, "--output-role")) {
    ASSIGN_OR_RETURN(const Pair pair, ParsePair("--output-role", role));
    options["output_roles"][pair.key] = pair.value;
  }
  return {};
}

// The options as a metadata document. It is null if none was given.
Result<Json> OptionsDocument(const CLI::App& words, Shell& shell) {
  Json options;
  RETURN_IF_ERROR(AddMaps(words, options));
  if (Has(words, "--training-date")) options["training_date"] = Text(words, "--training-date");
  if (Has(words, "--task")) options["task"] = Text(words, "--task");
  if (Has(words, "--description")) options["description"] = Text(words, "--description");
  if (Has(words, "--labels")) options["labels"] = LabelList(Text(words, "--labels"));
  if (Has(words, "--features")) {
    const std::string said = Text(words, "--features");
    if (said.starts_with('@')) {
      ASSIGN_OR_RETURN(const std::string lines, shell.ReadText(said.substr(1)));
      options["features"] = SplitNames(lines, '\n');
    } else {
      options["features"] = SplitNames(said, ',');
    }
  }
  if (Has(words, "--sigmoid-threshold")) {
    ASSIGN_OR_RETURN(options["sigmoid_threshold"],
                     NumberOf("--sigmoid-threshold", Text(words, "--sigmoid-threshold")));
  }
  if (Has(words, "--allow-missing")) options["allow_missing"] = true;
  if (Has(words, "--golden")) {
    const std::string file = Text(words, "--golden");
    ASSIGN_OR_RETURN(const std::string text, shell.ReadText(file));
    ASSIGN_OR_RETURN(options["golden"], base::Annotate(file, json::ParseJson(text)));
  }
  return options;
}

std::string PushText(const Json& document) {
  const std::string version = TextOf(document, "name") + "@" + TextOf(document, "version");
  const bool rehearsed = document.contains("dry_run") && document["dry_run"].get<bool>();
  std::string text = document["already_there"].get<bool>() ? version + " is there already\n"
                     : rehearsed ? "would push " + version + "; nothing was changed\n"
                                 : "pushed " + version + "\n";
  text += "  artifact  " + TextOf(document, "artifact") + "\n";
  text += "  task      " + TextOf(document, "task") + "\n";
  for (const Json& note : document["inferred"]) {
    text += "  inferred  " + Harmless(note.get<std::string>()) + "\n";
  }
  if (!document["compared_with"].is_null()) {
    const std::string base = TextOf(document, "compared_with");
    if (document["changes"].empty()) text += "  callers   see no change since " + base + "\n";
    for (const Json& change : document["changes"]) {
      text += "  change    since " + base + ", " + TextOf(change, "bump") + ": " +
              TextOf(change, "what") + "\n";
    }
  }
  const Json& golden = document["golden_requests"];
  if (golden != 0) {
    text += "  golden    " + Counted(golden, "request") + " answered as they should be\n";
  }
  if (rehearsed) text += "  manifest  " + Harmless(json::ToText(document["manifest"])) + "\n";
  return text;
}

Result<int> Push(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelName name, model::ParseModelName(Text(words, "name")));
  ASSIGN_OR_RETURN(const Json options, OptionsDocument(words, shell));
  control::ModelPaths paths;
  paths.model = Text(words, "file");
  if (Has(words, "--metadata")) paths.metadata = Text(words, "--metadata");
  if (Has(words, "--reference")) paths.reference = Text(words, "--reference");
  ASSIGN_OR_RETURN(auto files, control::ReadModelFiles(shell.surroundings().files, paths));
  model::ApiCall call = model::MakeCall(management::kPush.row, {{"name", name.value()}});
  call.parts = control::ToParts(std::move(files));
  if (!options.is_null()) {
    call.parts.push_back(
        {std::string(control::kOptionsPart), "options.json", json::ToText(options)});
  }
  if (Has(words, "--notes")) {
    ASSIGN_OR_RETURN(std::string notes, shell.ReadText(Text(words, "--notes")));
    call.parts.push_back({std::string(control::kNotesPart), "notes.txt", std::move(notes)});
  }
  if (Has(words, "--version")) call.query["version"] = Text(words, "--version");
  if (Has(words, "--fresh")) call.query["fresh"] = "true";
  if (Has(words, "--dry-run")) call.query["dry_run"] = "true";
  if (Has(words, "--bump")) call.query["bump"] = Text(words, "--bump");
  ASSIGN_OR_RETURN(const auto reply, shell.Call(call));
  shell.Show(reply.body, &PushText);
  return 0;
}

}  // namespace

void AddPush(CommandLine& line) {
  CLI::App& command = line.Add("push", "Register a model file as a version", &Push);
  command.footer(
      "FILE.metadata is read if it exists; options win over it. Without --version and --bump\n"
      "the version is that of the metadata, else the least that the change allows. Features,\n"
      "labels, roles and the like that the version before was told are taken over.");
  AddWord(command, "name", "The model").type_name("NAME");
  AddWord(command, "file", "An ONNX file").type_name("FILE");
  CLI::Option& version = AddText(command, "--version", "X.Y.Z", "Exactly this version");
  AddText(command, "--bump", "STEP", "auto, major, minor or patch").excludes(&version);
  AddFlag(command, "--dry-run", "Make every check, show the version, and change nothing");
  AddFlag(command, "--fresh", "Take nothing over from the version before");
  AddText(command, "--metadata", "FILE", "Instead of FILE.metadata");
  AddTexts(command, "--metric", "KEY=VALUE", "A figure of the training (repeatable)");
  AddText(command, "--training-date", "DATE", "ISO 8601");
  AddText(command, "--labels", "A,B,C", "The classes, in the order of the output");
  AddText(command, "--task", "TASK", "classification, regression or other");
  AddTexts(command, "--output-role", "NAME=ROLE",
           "label, probabilities, probability, logits, sigmoid, scores or value (repeatable)");
  AddText(command, "--features", "A,B,C|@FILE", "The features' names, or a file with one a line");
  AddText(command, "--reference", "FILE", "CSV of the training data, for drift detection");
  AddText(command, "--golden", "FILE", "JSON list of requests with their right answers");
  AddText(command, "--notes", "FILE", "Text for people");
  AddTexts(command, "--tag", "KEY=VALUE", "Anything else (repeatable)");
  AddText(command, "--description", "TEXT", "What the model is for");
  AddFlag(command, "--allow-missing", "Take null for a missing value (NaN)");
  AddText(command, "--sigmoid-threshold", "NUMBER", "From where on the second class is predicted");
  AddExamples(command, {"moorage push cancer model.onnx",
                        "moorage push cancer model.onnx --bump minor --metric accuracy=0.98",
                        "moorage push cancer model.onnx --task classification --labels 0,1"});
}

}  // namespace moorage::cli
