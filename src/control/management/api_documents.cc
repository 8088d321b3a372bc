#include "control/management/api_documents.h"

#include <set>
#include <string_view>
#include <utility>

#include "domain/evaluation/gate_runner.h"
#include "domain/evaluation/validation_report.h"
#include "foundation/base/units.h"
#include "foundation/model/manifest.h"

namespace moorage::management {
namespace {

using json::Json;

Json TextOrNull(const std::optional<model::SemVer>& version) {
  return version ? Json(version->text()) : Json(nullptr);
}

// A document that the registry keeps as text; it wrote it itself, so it is JSON.
Json Embedded(const std::string& text) {
  auto json = json::ParseJson(text);
  return json.ok() ? *std::move(json) : Json(nullptr);
}

Json AliasNames(const std::vector<model::Alias>& aliases) {
  Json names = Json::array();
  for (const model::Alias& alias : aliases) names.push_back(alias.value());
  return names;
}

Json SummaryJson(const registry::ModelSummary& summary) {
  Json json;
  json["name"] = summary.name.value();
  json["created"] = base::FormatTime(summary.created);
  json["latest"] = TextOrNull(summary.latest);
  json["version_count"] = summary.versions;
  Json& aliases = json["aliases"] = Json::array();
  for (const registry::AliasTarget& target : summary.aliases) {
    Json one;
    one["alias"] = target.alias.value();
    one["version"] = target.version.text();
    one["since"] = base::FormatTime(target.since);
    one["actor"] = target.actor;
    aliases.push_back(std::move(one));
  }
  return json;
}

Json VersionJson(const registry::ModelVersion& version) {
  Json json;
  json["name"] = version.name.value();
  json["version"] = version.version.text();
  json["artifact"] = version.artifact.value();
  json["size"] = version.size;
  json["created"] = base::FormatTime(version.created);
  json["actor"] = version.actor;
  json["aliases"] = AliasNames(version.aliases);
  return json;
}

Json FilesJson(const model::ArtifactIndex& index) {
  Json files = Json::array();
  for (const model::ArtifactFile& file : index.files) {
    Json one;
    one["name"] = file.name;
    one["size"] = file.size;
    one["digest"] = file.digest.value();
    files.push_back(std::move(one));
  }
  return files;
}

Json EvidenceJson(const registry::Evidence& evidence) {
  Json json;
  json["id"] = evidence.id;
  json["kind"] = evidence.kind;
  json["outcome"] = model::Name(evidence.outcome);
  json["artifact"] = evidence.artifact.value();
  json["dataset"] = evidence.dataset.value();
  json["rows"] = evidence.rows;
  json["policy"] = evidence.policy.value();
  json["baseline"] = evidence.baseline ? Json(evidence.baseline->value()) : Json(nullptr);
  json["engine"] = evidence.engine;
  json["created"] = base::FormatTime(evidence.created);
  json["actor"] = evidence.actor;
  return json;
}

Json MoveJson(const registry::AliasMove& move) {
  Json json;
  json["id"] = move.id;
  json["name"] = move.name.value();
  json["alias"] = move.alias.value();
  json["verb"] = registry::Name(move.verb);
  json["from"] = TextOrNull(move.from);
  json["to"] = move.to.text();
  json["at"] = base::FormatTime(move.at);
  json["actor"] = move.actor;
  json["reason"] = move.reason;
  json["forced"] = move.forced;
  json["evidence"] = move.evidence ? Json(*move.evidence) : Json(nullptr);
  return json;
}

Json ChangesJson(const std::vector<contract::ContractChange>& changes) {
  Json list = Json::array();
  for (const contract::ContractChange& change : changes) {
    Json one;
    one["bump"] = contract::Name(change.bump);
    one["what"] = change.what;
    list.push_back(std::move(one));
  }
  return list;
}

Json DetailsJson(const std::vector<base::Detail>& details) {
  Json list = Json::array();
  for (const base::Detail& detail : details) {
    Json one;
    one["path"] = detail.path;
    one["problem"] = detail.problem;
    list.push_back(std::move(one));
  }
  return list;
}

// The trainer's own figures of both sides, by name.
Json MetricsDiff(const std::map<std::string, double>& from,
                 const std::map<std::string, double>& to) {
  std::set<std::string> names;
  for (const auto& [name, value] : from) names.insert(name);
  for (const auto& [name, value] : to) names.insert(name);
  const auto side = [](const std::map<std::string, double>& metrics, const std::string& name) {
    const auto found = metrics.find(name);
    return found == metrics.end() ? Json(nullptr) : Json(found->second);
  };
  Json list = Json::array();
  for (const std::string& name : names) {
    Json one;
    one["metric"] = name;
    one["from"] = side(from, name);
    one["to"] = side(to, name);
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

Json ModelsDocument(const std::vector<registry::ModelSummary>& models) {
  Json document;
  Json& list = document["models"] = Json::array();
  for (const registry::ModelSummary& summary : models) list.push_back(SummaryJson(summary));
  return document;
}

Json ModelDocument(const control::ModelDetails& details) {
  Json document = SummaryJson(details.summary);
  Json& versions = document["versions"] = Json::array();
  for (const control::ModelDetails::Row& row : details.versions) {
    Json one = VersionJson(row.version);
    one["validation"] = row.validation ? EvidenceJson(*row.validation) : Json(nullptr);
    versions.push_back(std::move(one));
  }
  return document;
}

Json VersionDocument(const control::VersionDetails& details) {
  Json document = VersionJson(details.version);
  document["manifest"] = model::ToJson(details.manifest);
  document["files"] = FilesJson(details.index);
  document["checks"] = Embedded(details.version.checks);
  Json& evidence = document["evidence"] = Json::array();
  for (const registry::Evidence& one : details.evidence) {
    Json json = EvidenceJson(one);
    json["report"] = Embedded(one.report);
    evidence.push_back(std::move(json));
  }
  return document;
}

Json PushDocument(const control::PushResult& result) {
  Json document = VersionJson(result.version);
  document["already_there"] = result.already_there;
  document["task"] = model::Name(result.task);
  document["inferred"] = result.notes;
  document["compared_with"] = TextOrNull(result.chosen.compared_with);
  document["changes"] = ChangesJson(result.chosen.changes);
  document["golden_requests"] = result.golden;
  document["files"] = FilesJson(result.index);
  return document;
}

Json ValidationDocument(const control::ValidateResult& result) {
  Json document = evaluation::ToJson(result.report);
  document["exit_code"] = evaluation::ExitCode(result.report.verdict.outcome);
  document["evidence"] = result.evidence.id;
  return document;
}

Json MoveDocument(const registry::Moved& moved) {
  Json document = MoveJson(moved.move);
  document["changed"] = moved.changed;
  return document;
}

Json HistoryDocument(const model::ModelName& name, const std::vector<registry::AliasMove>& moves) {
  Json document;
  document["name"] = name.value();
  Json& list = document["moves"] = Json::array();
  for (const registry::AliasMove& move : moves) list.push_back(MoveJson(move));
  return document;
}

Json DiffDocument(const control::VersionDiff& diff) {
  Json document;
  document["from"] = registry::Format(diff.from.name, diff.from.version);
  document["to"] = registry::Format(diff.to.name, diff.to.version);
  document["same_artifact"] = diff.from.artifact == diff.to.artifact;
  document["least_bump"] = contract::Name(diff.least);
  document["changes"] = ChangesJson(diff.changes);
  document["metrics"] = MetricsDiff(diff.from_manifest.metrics, diff.to_manifest.metrics);
  return document;
}

Json AuditDocument(const std::vector<registry::Event>& events) {
  Json document;
  Json& list = document["events"] = Json::array();
  for (const registry::Event& event : events) {
    Json one;
    one["id"] = event.id;
    one["at"] = base::FormatTime(event.at);
    one["actor"] = event.actor;
    one["verb"] = event.verb;
    one["model"] = event.model.empty() ? Json(nullptr) : Json(event.model);
    one["subject"] = event.subject;
    one["details"] = Embedded(event.details);
    list.push_back(std::move(one));
  }
  return document;
}

Json GarbageDocument(const registry::GarbageReport& report, registry::GarbageMode mode) {
  Json document;
  document["dry_run"] = mode == registry::GarbageMode::kReport;
  document["count"] = report.blobs.size();
  document["bytes"] = report.bytes;
  document["temporaries"] = report.temporaries;
  Json& blobs = document["blobs"] = Json::array();
  for (const store::BlobInfo& blob : report.blobs) {
    Json one;
    one["digest"] = blob.digest.value();
    one["size"] = blob.size;
    one["stored"] = base::FormatTime(blob.stored);
    blobs.push_back(std::move(one));
  }
  return document;
}

Json DoctorDocument(const registry::VerifyReport& report) {
  Json document;
  document["healthy"] = report.clean();
  document["versions"] = report.versions;
  document["blobs"] = report.blobs;
  document["bytes"] = report.bytes;
  document["problems"] = DetailsJson(report.problems);
  return document;
}

}  // namespace moorage::management
