#include "domain/serving/models/version_report.h"

#include <algorithm>
#include <utility>

namespace moorage::models {
namespace {

using Shown = VersionStatus::State;

const RoutingTable::Model* FindModel(const RoutingTable& table, const model::ModelName& name) {
  const auto found = table.models().find(name.value());
  return found == table.models().end() ? nullptr : &found->second;
}

void AddReady(const RoutingTable::Model& model, std::vector<VersionStatus>& shown) {
  for (const servable::ServableHandle& servable : model.versions) {
    VersionStatus& entry =
        shown.emplace_back(VersionStatus{servable->name, servable->version, {}, Shown::kReady, ""});
    for (const auto& [alias, target] : model.aliases) {
      if (target == servable) entry.aliases.emplace_back(alias);
    }
  }
}

// The names of the models that have a ready or a failed version, in the order of the records.
std::vector<model::ModelName> NamesOf(std::span<const VersionRecord> records) {
  std::vector<model::ModelName> names;
  for (const VersionRecord& record : records) {
    if (record.state != ServableState::kReady && record.state != ServableState::kFailed) continue;
    if (std::ranges::find(names, record.name) == names.end()) names.push_back(record.name);
  }
  return names;
}

const VersionRecord* FindFailed(std::span<const VersionRecord> records,
                                const model::ModelName& name, const WantedVersion& wanted) {
  const auto found = std::ranges::find_if(records, [&](const VersionRecord& record) {
    return record.state == ServableState::kFailed && record.Matches(name, wanted);
  });
  return found == records.end() ? nullptr : &*found;
}

}  // namespace

std::vector<VersionStatus> ShowVersions(std::span<const VersionRecord> records,
                                        const RoutingTable& table) {
  std::vector<VersionStatus> shown;
  for (const model::ModelName& name : NamesOf(records)) {
    if (const RoutingTable::Model* model = FindModel(table, name)) AddReady(*model, shown);
    for (const VersionRecord& record : records) {
      if (record.state != ServableState::kFailed || record.name != name) continue;
      shown.push_back({name, record.version, {}, Shown::kFailed, record.reason});
    }
  }
  for (const VersionRecord& record : records) {
    if (record.state != ServableState::kLoading) continue;
    shown.push_back({record.name, record.version, {}, Shown::kLoading, ""});
  }
  for (const VersionRecord& record : records) {
    // Without a lease it only waits for the manager's thread, which does not matter to a client.
    if (record.state != ServableState::kRetiring || record.lease.expired()) continue;
    shown.push_back({record.name, record.version, {}, Shown::kUnloading, ""});
  }
  return shown;
}

std::vector<std::string> ListProblems(const std::vector<WantedModel>& wanted,
                                      std::span<const VersionRecord> records,
                                      const RoutingTable& table) {
  std::vector<std::string> problems;
  for (const WantedModel& want : wanted) {
    const RoutingTable::Model none;
    const RoutingTable::Model* found = FindModel(table, want.name);
    const RoutingTable::Model& served = found == nullptr ? none : *found;
    for (const WantedVersion& version : want.versions) {
      const VersionRecord* failed = FindFailed(records, want.name, version);
      if (failed == nullptr) continue;
      std::string sentence =
          Format(want.name, version.version) + " cannot be loaded: " + failed->reason;
      for (const WantedAlias& target : want.aliases) {
        if (target.version != version.version) continue;
        const auto old = served.aliases.find(target.alias.value());
        sentence += "; " + want.name.value() + "@" + target.alias.value() +
                    (old == served.aliases.end() ? " is not served"
                                                 : " stays at " + old->second->version.text());
      }
      problems.push_back(std::move(sentence));
    }
  }
  return problems;
}

std::string Format(const model::ModelName& name, const model::SemVer& version) {
  return name.value() + "@" + version.text();
}

void LogMoves(telemetry::Log& log, const std::string& name, const RoutingTable::Model& from,
              const RoutingTable::Model& to) {
  for (const auto& [alias, target] : to.aliases) {
    const auto old = from.aliases.find(alias);
    if (old != from.aliases.end() && old->second == target) continue;
    const std::string before = old == from.aliases.end() ? "" : old->second->version.text();
    std::string text = "serving ";
    text.append(name).append("@").append(alias).append(" = ").append(target->version.text());
    log.Info(text, {{"model", name},
                    {"alias", alias},
                    {"version", target->version.text()},
                    {"before", before}});
  }
}

}  // namespace moorage::models
