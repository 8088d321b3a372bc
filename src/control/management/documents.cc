#include "control/management/documents.h"

#include "foundation/base/units.h"
#include "foundation/model/outcome.h"

namespace moorage::management {
namespace {

json::Json AliasNames(const std::vector<model::Alias>& aliases) {
  json::Json names = json::Json::array();
  for (const model::Alias& alias : aliases) names.push_back(alias.value());
  return names;
}

}  // namespace

using json::Json;

Json SummaryDocument(const registry::ModelSummary& summary) {
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

Json VersionSummary(const registry::ModelVersion& version) {
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

Json EvidenceDocument(const registry::Evidence& evidence) {
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

Json AliasMoveDocument(const registry::AliasMove& move) {
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

Json MoveDocument(const registry::Moved& moved) {
  Json document = AliasMoveDocument(moved.move);
  document["changed"] = moved.changed;
  document["notes"] = moved.notes;
  return document;
}

Json RuleDocument(const model::ModelName& name, const model::Alias& alias,
                  const registry::AliasRule& rule) {
  Json document;
  document["name"] = name.value();
  document["alias"] = alias.value();
  document["revision"] = rule.revision;
  const Json stored = registry::ToJson(rule);
  for (const auto& [key, value] : stored.items()) {
    if (key != "policy_text") document[key] = value;
  }
  document["policy"] = rule.policy_text.empty() ? Json(nullptr) : Embedded(rule.policy_text);
  return document;
}

Json VerdictDocument(const model::Alias& alias, const registry::RuleVerdict& verdict) {
  Json document;
  document["alias"] = alias.value();
  document["allowed"] = verdict.allowed;
  Json& steps = document["steps"] = Json::array();
  for (const registry::RuleStep& step : verdict.steps) {
    steps.push_back({{"name", step.name}, {"met", step.met}, {"why", step.why}});
  }
  return document;
}

Json FileList(const model::ArtifactIndex& index) {
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

Json ChangeList(const std::vector<contract::ContractChange>& changes) {
  Json list = Json::array();
  for (const contract::ContractChange& change : changes) {
    Json one;
    one["bump"] = contract::Name(change.bump);
    one["what"] = change.what;
    list.push_back(std::move(one));
  }
  return list;
}

Json TextOrNull(const std::optional<model::SemVer>& version) {
  return version ? Json(version->text()) : Json(nullptr);
}

Json Embedded(const std::string& text) {
  // The registry wrote the text itself, so a text that is no JSON is damaged.
  auto json = json::ParseJson(text);
  return json.ok() ? *std::move(json) : Json(nullptr);
}

}  // namespace moorage::management
