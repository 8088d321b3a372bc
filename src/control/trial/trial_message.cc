#include "control/trial/trial_message.h"

#include <memory>
#include <utility>

#include "foundation/base/parse_number.h"
#include "foundation/json/json_reader.h"

namespace moorage::trial {
namespace {

using base::Code;
using base::Error;
using base::Result;
using json::Json;
using servable::ProbeReport;

constexpr std::string_view kStep = "step ";
constexpr std::string_view kOpened = "opened";
constexpr std::string_view kReport = "report ";
constexpr std::string_view kError = "error ";
constexpr auto kLastCode = static_cast<std::int64_t>(Code::kDeadline);

Error Damaged() { return {Code::kInternal, "a message of the trial is damaged"}; }

// Takes the next `size` bytes off `bytes`.
Result<std::shared_ptr<const std::string>> TakeFile(std::string_view& bytes,
                                                    const json::JsonReader& size) {
  ASSIGN_OR_RETURN(const std::int64_t count, size.Integer(0, INT64_MAX));
  if (static_cast<std::uint64_t>(count) > bytes.size()) return Damaged();
  auto file = std::make_shared<const std::string>(bytes.substr(0, static_cast<std::size_t>(count)));
  bytes.remove_prefix(static_cast<std::size_t>(count));
  return std::shared_ptr<const std::string>(std::move(file));
}

Result<Error> ReadError(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, json::ParseJson(text));
  const json::JsonReader reader(document);
  ASSIGN_OR_RETURN(const json::JsonReader code, reader.Member("code"));
  ASSIGN_OR_RETURN(const std::int64_t number, code.Integer(0, kLastCode));
  ASSIGN_OR_RETURN(const json::JsonReader message, reader.Member("message"));
  ASSIGN_OR_RETURN(std::string sentence, message.String());
  return Error{static_cast<Code>(number), std::move(sentence)};
}

Result<ProbeReport> ReadReport(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, json::ParseJson(text));
  return servable::ProbeReportFromJson(document);
}

}  // namespace

TaskPieces EncodeTask(const TrialTask& task) {
  TaskPieces pieces;
  const auto add = [&pieces](const std::string& bytes) {
    pieces.files.emplace_back(bytes);
    return bytes.size();
  };
  Json head = Json::object();
  head["run"] = task.kind == TrialKind::kRun;
  head["batch_size"] = task.batch_size;
  head["digest"] = task.artifact.digest.value();
  head["rows"] = task.rows;
  head["manifest"] = task.kind == TrialKind::kRun ? model::ToJson(task.artifact.manifest) : Json();
  head["model"] = task.artifact.model ? add(*task.artifact.model) : 0;
  head["external"] = Json::array();
  for (const model::NamedBytes& file : task.artifact.external) {
    head["external"].push_back({{"name", file.name}, {"size", add(*file.bytes)}});
  }
  const std::string text = json::ToText(head);
  pieces.head = std::to_string(text.size()) + "\n" + text;
  return pieces;
}

Result<TrialTask> DecodeTask(std::string_view bytes) {
  const std::size_t line = bytes.find('\n');
  if (line == std::string_view::npos) return Damaged();
  const auto length = base::ParseNumber<std::size_t>(bytes.substr(0, line));
  bytes.remove_prefix(line + 1);
  if (!length || *length > bytes.size()) return Damaged();
  ASSIGN_OR_RETURN(const Json head, json::ParseJson(bytes.substr(0, *length)));
  bytes.remove_prefix(*length);
  const json::JsonReader reader(head);
  TrialTask task;
  ASSIGN_OR_RETURN(const json::JsonReader run, reader.Member("run"));
  ASSIGN_OR_RETURN(const bool runs, run.Bool());
  task.kind = runs ? TrialKind::kRun : TrialKind::kOpen;
  ASSIGN_OR_RETURN(const json::JsonReader size, reader.Member("batch_size"));
  ASSIGN_OR_RETURN(const std::int64_t batch_size, size.Integer(1, INT64_MAX));
  task.batch_size = static_cast<std::size_t>(batch_size);
  ASSIGN_OR_RETURN(const json::JsonReader digest, reader.Member("digest"));
  ASSIGN_OR_RETURN(std::string digest_text, digest.String());
  task.artifact.digest = model::Digest(std::move(digest_text));
  ASSIGN_OR_RETURN(const json::JsonReader rows, reader.Member("rows"));
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> items, rows.Items());
  for (const json::JsonReader& row : items) task.rows.push_back(row.value());
  if (runs) {
    ASSIGN_OR_RETURN(const json::JsonReader manifest, reader.Member("manifest"));
    ASSIGN_OR_RETURN(task.artifact.manifest, model::ManifestFromJson(manifest.value()));
  }
  ASSIGN_OR_RETURN(const json::JsonReader model, reader.Member("model"));
  ASSIGN_OR_RETURN(task.artifact.model, TakeFile(bytes, model));
  ASSIGN_OR_RETURN(const json::JsonReader external, reader.Member("external"));
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> files, external.Items());
  for (const json::JsonReader& file : files) {
    ASSIGN_OR_RETURN(const json::JsonReader name, file.Member("name"));
    ASSIGN_OR_RETURN(const json::JsonReader file_size, file.Member("size"));
    model::NamedBytes named;
    ASSIGN_OR_RETURN(named.name, name.String());
    ASSIGN_OR_RETURN(named.bytes, TakeFile(bytes, file_size));
    task.artifact.external.push_back(std::move(named));
  }
  return task;
}

std::string EncodeStep(std::string_view step) {
  return std::string(kStep).append(step).append("\n");
}
std::string EncodeOpened() { return std::string(kOpened) + "\n"; }
std::string EncodeReport(const ProbeReport& report) {
  return std::string(kReport) + json::ToText(servable::ToJson(report)) + "\n";
}
std::string EncodeError(const Error& error) {
  const Json document = {{"code", static_cast<int>(error.code)}, {"message", error.message}};
  return std::string(kError) + json::ToText(document) + "\n";
}

TrialAnswer DecodeAnswer(std::string_view bytes) {
  TrialAnswer answer;
  while (true) {
    const std::size_t end = bytes.find('\n');
    // A line without its end was cut off.
    if (end == std::string_view::npos) return answer;
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.starts_with(kStep)) answer.step = line.substr(kStep.size());
    if (line == kOpened) answer.result = ProbeReport{};
    if (line.starts_with(kReport)) answer.result = ReadReport(line.substr(kReport.size()));
    if (line.starts_with(kError)) {
      auto error = ReadError(line.substr(kError.size()));
      answer.result = error.ok() ? *std::move(error) : error.error();
    }
  }
}

}  // namespace moorage::trial
