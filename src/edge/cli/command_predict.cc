#include "control/management/operations.h"
#include "control/predict/row_file.h"
#include "edge/cli/command_options.h"
#include "edge/cli/commands.h"
#include "edge/cli/text/score_table.h"
#include "edge/cli/text/text.h"
#include "foundation/base/output_file.h"
#include "foundation/model/model_ref.h"

namespace moorage::cli {

namespace {

using base::Code;
using base::Error;
using base::Result;
using cli_text::Counted;
using cli_text::NumberText;
using cli_text::ScoreTable;
using cli_text::TextOf;
using json::Json;

constexpr std::size_t kRowsPerCall = 1000;

model::ApiCall PredictCall(const model::ModelRef& ref, Json rows) {
  return model::MakeCall(management::kPredict.row, {{"ref", model::Format(ref)}},
                         Json{{"instances", std::move(rows)}});
}

std::string PredictionText(const Json& document) {
  if (document.contains("outputs")) return json::ToPrettyText(document["outputs"]) + "\n";
  std::string text;
  for (const Json& one : document["predictions"]) {
    text += "prediction   " + TextOf(one, "result") + "\n";
    if (one.contains("confidence")) text += "confidence   " + TextOf(one, "confidence") + "\n";
    if (!one.contains("probabilities")) continue;
    std::string line;
    for (const auto& [label, value] : one["probabilities"].items()) {
      line += (line.empty() ? "" : "  ") + label + ": " + NumberText(value);
    }
    text += "probability  " + line + "\n";
  }
  return text + "model        " + TextOf(document, "model") + "@" + TextOf(document, "version") +
         "\n";
}

// "instances[0][3]" and "instances[0].age" name places in a file of many rows. With --features
// there is one row.
std::string AsFeatures(std::string text) {
  constexpr std::string_view kRow = "instances[0]";
  for (std::size_t at = text.find(kRow); at != std::string::npos; at = text.find(kRow, at)) {
    text.replace(at, kRow.size(), "features");
  }
  return text;
}

Result<int> PredictRow(const model::ModelRef& ref, const std::string& features, Shell& shell) {
  ASSIGN_OR_RETURN(Json row, base::Annotate("--features", json::ParseJson(features)));
  if (!row.is_array() && !row.is_object()) {
    return Error{Code::kInvalid,
                 "--features: expected one row, as in '[1.5, 2]' or '{\"a\": 1.5}'"};
  }
  Json rows = Json::array();
  rows.push_back(std::move(row));
  const auto reply = shell.Call(PredictCall(ref, std::move(rows)));
  if (!reply.ok()) {
    Error error = reply.error();
    error.message = AsFeatures(std::move(error.message));
    for (base::Detail& detail : error.details) detail.path = AsFeatures(std::move(detail.path));
    return error;
  }
  shell.Show(reply->body, &PredictionText);
  return 0;
}

Result<Json> CallForRows(const model::ModelRef& ref, Json rows, std::size_t done, Shell& shell) {
  const std::string context =
      "rows " + std::to_string(done + 1) + " to " + std::to_string(done + rows.size());
  ASSIGN_OR_RETURN(auto reply,
                   base::Annotate(context, shell.Call(PredictCall(ref, std::move(rows)))));
  return std::move(reply.body);
}

// Appends an answer to the document of all answers.
void Append(Json answer, Json& document) {
  if (document.is_null()) {
    document = std::move(answer);
    return;
  }
  const char* const key = answer.contains("outputs") ? "outputs" : "predictions";
  for (Json& one : answer[key]) document[key].push_back(std::move(one));
}

Result<int> ScoreFile(const model::ModelRef& ref, const CLI::App& words, Shell& shell) {
  const std::string path = Text(words, "--data");
  std::string output = Text(words, "--output");
  // Written as output and not by its name, because the summary would follow in the same file.
  if (base::IsStandardOutput(output)) output.clear();
  ASSIGN_OR_RETURN(const std::string bytes, shell.ReadFile(path));
  ASSIGN_OR_RETURN(const auto version, shell.Call(model::MakeCall(management::kShowVersion.row,
                                                                  model::SelectorParameters(ref))));
  ASSIGN_OR_RETURN(const auto manifest, model::ManifestFromJson(version.body["manifest"]));
  // One version scores the whole file, even if another one is promoted meanwhile.
  ASSIGN_OR_RETURN(const auto exact, model::ParseModelRef(TextOf(version.body, "name") + "@" +
                                                          TextOf(version.body, "version")));
  ASSIGN_OR_RETURN(auto file, base::Annotate(path, control::RowFile::Open(bytes, manifest)));
  ScoreTable table;
  Json document;
  // With --json the answers of all calls become the document that one call would have returned.
  const bool whole = shell.options().json && output.empty();
  std::size_t done = 0;
  while (done < file.rows()) {
    ASSIGN_OR_RETURN(Json rows, base::Annotate(path, file.Next(kRowsPerCall)));
    const std::size_t count = rows.size();
    ASSIGN_OR_RETURN(Json answer, CallForRows(exact, std::move(rows), done, shell));
    if (!whole) RETURN_IF_ERROR(table.Add(answer));
    if (whole) Append(std::move(answer), document);
    done += count;
    shell.Progress("scoring " + path, done, file.rows());
  }
  if (whole) {
    shell.Print(json::ToPrettyText(document) + "\n");
    return 0;
  }
  if (output.empty()) {
    shell.Print(table.text());
    return 0;
  }
  RETURN_IF_ERROR(base::WriteOutput(output, table.text()));
  const Json summary = {{"model", version.body["name"]},
                        {"version", version.body["version"]},
                        {"rows", done},
                        {"output", output}};
  shell.Show(summary, [](const Json& said) {
    return "scored " + Counted(said["rows"], "row") + " with " + TextOf(said, "model") + "@" +
           TextOf(said, "version") + " into " + TextOf(said, "output") + "\n";
  });
  return 0;
}

Result<int> Predict(const CLI::App& words, Shell& shell) {
  ASSIGN_OR_RETURN(const model::ModelRef ref, model::ParseModelRef(Text(words, "ref")));
  if (Has(words, "--features")) return PredictRow(ref, Text(words, "--features"), shell);
  if (Has(words, "--data")) return ScoreFile(ref, words, shell);
  shell.Say("moorage: predict needs --features or --data\nSee: moorage predict --help\n");
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace

void AddPredict(CommandLine& line) {
  CLI::App& command = line.Add("predict", "Predict one row, or score a CSV file", &Predict);
  command.footer(
      "CSV columns are found by the features' names, others are left out. The output\n"
      "has row, prediction, confidence and a probability for each label.");
  AddWord(command, "ref", "The version; a bare name is production").type_name("REF");
  CLI::Option& features =
      AddText(command, "--features", "JSON", "One row: an array in order, or an object by name");
  CLI::Option& data = AddText(command, "--data", "FILE", "CSV with a header");
  data.excludes(&features);
  AddText(command, "--output", "FILE", "Where the scores go (default stdout)").needs(&data);
  AddExamples(command, {"moorage predict cancer --features '[17.99, 10.38, ...]'",
                        "moorage predict cancer@1.2.0 --data rows.csv --output scores.csv",
                        "moorage predict cancer --data rows.csv --server http://127.0.0.1:8000"});
}

}  // namespace moorage::cli
