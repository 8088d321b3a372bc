#include "domain/serving/models/version_report.h"

#include <set>
#include <utility>

namespace moorage::models {
namespace {

using State = VersionStatus::State;

void AddReady(const RoutingTable::Model& served, VersionReport& report) {
  for (const servable::ServableHandle& servable : served.versions) {
    VersionStatus& entry = report.versions.emplace_back(
        VersionStatus{servable->name, servable->version, {}, State::kReady, ""});
    for (const auto& [alias, target] : served.aliases) {
      if (target == servable) entry.aliases.emplace_back(alias);
    }
  }
}

void AddFailed(const WantedModel& want, const RoutingTable::Model& served,
               const LoadFailures& failures, VersionReport& report) {
  for (const WantedVersion& version : want.versions) {
    const auto failed = failures.find(FailureKey(want.name, version.version));
    if (failed == failures.end()) continue;
    const std::string& reason = failed->second.reason;
    report.versions.push_back({want.name, version.version, {}, State::kFailed, reason});
    std::string sentence = failed->first + " cannot be loaded: " + reason;
    for (const AliasTarget& target : want.aliases) {
      if (target.version != version.version) continue;
      const auto old = served.aliases.find(target.alias.value());
      sentence += "; " + want.name.value() + "@" + target.alias.value() +
                  (old == served.aliases.end() ? " is not served"
                                               : " stays at " + old->second->version.text());
    }
    report.problems.push_back(std::move(sentence));
  }
}

}  // namespace

std::string FailureKey(const model::ModelName& name, const model::SemVer& version) {
  return name.value() + "@" + version.text();
}

VersionReport ReportVersions(const std::vector<WantedModel>& wanted,
                             const std::map<std::string, RoutingTable::Model, std::less<>>& served,
                             const LoadFailures& failures) {
  VersionReport report;
  for (const WantedModel& want : wanted) {
    const auto found = served.find(want.name.value());
    const RoutingTable::Model none;
    const RoutingTable::Model& model = found == served.end() ? none : found->second;
    AddReady(model, report);
    AddFailed(want, model, failures, report);
  }
  return report;
}

void ForgetUnwanted(const std::vector<WantedModel>& wanted, LoadFailures& failures) {
  std::set<std::string> keys;
  for (const WantedModel& want : wanted) {
    for (const WantedVersion& version : want.versions) {
      keys.insert(FailureKey(want.name, version.version));
    }
  }
  std::erase_if(failures, [&keys](const auto& failure) { return !keys.contains(failure.first); });
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
