#include "control/sources/registry_model_source.h"

#include <algorithm>
#include <utility>

#include "foundation/json/json.h"

namespace moorage::control {
namespace {

using base::Result;

const registry::ModelVersion* FindVersion(const std::vector<registry::ModelVersion>& versions,
                                          const model::SemVer& version) {
  const auto found = std::find_if(
      versions.begin(), versions.end(),
      [&version](const registry::ModelVersion& one) { return one.version == version; });
  return found == versions.end() ? nullptr : &*found;
}

// Adds the version once. A deleted version is not served.
void Want(models::WantedModel& wanted, const std::vector<registry::ModelVersion>& versions,
          const model::SemVer& version) {
  const registry::ModelVersion* found = FindVersion(versions, version);
  if (found == nullptr) return;
  for (const models::WantedVersion& one : wanted.versions) {
    if (one.version == version) return;
  }
  wanted.versions.push_back({found->version, found->artifact});
}

}  // namespace

Result<std::uint64_t> RegistryModelSource::Generation() {
  ASSIGN_OR_RETURN(const std::int64_t newest, registry_.Generation());
  return static_cast<std::uint64_t>(newest);
}

std::optional<std::string> RegistryModelSource::NeverServes(const model::Alias& alias) const {
  if (std::ranges::find(options_.aliases, alias) != options_.aliases.end()) return std::nullopt;
  std::string names;
  for (const model::Alias& served : options_.aliases) {
    names += (names.empty() ? "" : ", ") + served.value();
  }
  return "the alias is moved; this server does not serve '" + alias.value() +
         "', because its serving.aliases are " + (names.empty() ? "none" : names);
}

Result<std::vector<models::WantedModel>> RegistryModelSource::Wanted() {
  ASSIGN_OR_RETURN(const std::vector<registry::ModelSummary> models, registry_.Models());
  std::vector<models::WantedModel> wanted;
  for (const registry::ModelSummary& summary : models) {
    ASSIGN_OR_RETURN(models::WantedModel one, WantedOf(summary));
    if (!one.versions.empty()) wanted.push_back(std::move(one));
  }
  return wanted;
}

Result<models::WantedModel> RegistryModelSource::WantedOf(const registry::ModelSummary& summary) {
  models::WantedModel wanted{.name = summary.name, .aliases = {}, .versions = {}};
  const auto& pinned = options_.default_model;
  const bool has_pinned = pinned && pinned->name == summary.name && pinned->version() != nullptr;
  // Saves a query for every model that is registered and not served.
  if (summary.aliases.empty() && !has_pinned) return wanted;

  ASSIGN_OR_RETURN(const std::vector<registry::ModelVersion> versions,
                   registry_.Versions(summary.name));
  bool in_production = false;
  for (const registry::AliasTarget& target : summary.aliases) {
    const auto& served = options_.aliases;
    if (std::find(served.begin(), served.end(), target.alias) == served.end()) continue;
    // The aliases were read in an earlier transaction. An alias may have moved since, and its
    // version may be deleted.
    if (FindVersion(versions, target.version) == nullptr) continue;
    wanted.aliases.push_back({target.alias, target.version});
    Want(wanted, versions, target.version);
    in_production = in_production || target.alias.value() == "production";
  }
  if (has_pinned) Want(wanted, versions, *pinned->version());
  if (!in_production || options_.keep_previous == 0) return wanted;

  ASSIGN_OR_RETURN(std::vector<registry::AliasMove> moves,
                   registry_.History(summary.name, model::Alias("production")));
  // History is newest first, and RollbackStack replays from the oldest move.
  std::reverse(moves.begin(), moves.end());
  std::vector<model::SemVer> stack = registry::RollbackStack(moves);
  // The top is the current version, which is wanted already.
  if (!stack.empty()) stack.pop_back();
  std::uint32_t kept = 0;
  for (auto version = stack.rbegin(); version != stack.rend() && kept < options_.keep_previous;
       ++version) {
    if (FindVersion(versions, *version) == nullptr) continue;
    Want(wanted, versions, *version);
    ++kept;
  }
  return wanted;
}

Result<model::Artifact> RegistryModelSource::Fetch(const model::ModelName& name,
                                                   const models::WantedVersion& version) {
  ASSIGN_OR_RETURN(const registry::ModelVersion found, registry_.Find(name, version.version));
  // A version never changes, so only a database that was replaced can cause this.
  if (found.artifact != version.digest) {
    return base::Error{base::Code::kConflict, registry::Format(name, version.version) +
                                                  ": is no longer the artifact that was wanted"};
  }
  return registry_.LoadArtifact(found);
}

Result<std::optional<servable::ProbeReport>> RegistryModelSource::FindReport(
    const model::Digest& artifact, const servable::ProbeKey& key) {
  ASSIGN_OR_RETURN(const std::optional<registry::StoredProbe> stored,
                   registry_.FindProbe(artifact, key.engine, key.processor));
  if (!stored) return std::nullopt;
  const auto document = json::ParseJson(stored->report);
  if (!document.ok()) return std::nullopt;
  auto report = servable::ProbeReportFromJson(*document);
  if (!report.ok()) return std::nullopt;
  return std::optional(*std::move(report));
}

base::Status RegistryModelSource::KeepReport(const model::Digest& artifact,
                                             const servable::ProbeKey& key,
                                             const servable::ProbeReport& report) {
  return registry_.StoreProbe({.artifact = artifact,
                               .engine = key.engine,
                               .processor = key.processor,
                               .report = json::ToText(servable::ToJson(report))});
}

}  // namespace moorage::control
