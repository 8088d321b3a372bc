#include "domain/serving/models/model_plan.h"

#include <algorithm>
#include <compare>
#include <utility>

namespace moorage::models {
namespace {

VersionPlan PlanVersion(const model::ModelName& name, const WantedVersion& wanted,
                        std::span<const VersionRecord> records, RetryRule rule, base::Instant now) {
  VersionPlan plan{.wanted = wanted, .action = VersionAction::kLoad, .servable = nullptr};
  for (const VersionRecord& record : records) {
    if (!record.Matches(name, wanted)) continue;
    if (record.state == ServableState::kFailed) {
      const bool waits = rule == RetryRule::kWhenDue && now < record.retry_at;
      if (waits) plan.action = VersionAction::kAwaitRetry;
      continue;
    }
    // A retiring version that is wanted again keeps its session. One whose last lease has just
    // ended is loaded anew, beside its old record.
    if (servable::ServableHandle servable = record.lease.lock(); servable != nullptr) {
      plan.action = VersionAction::kUse;
      plan.servable = std::move(servable);
      return plan;
    }
    if (record.state == ServableState::kLoading) plan.action = VersionAction::kAwaitLoad;
  }
  return plan;
}

servable::ServableHandle FindVersion(const std::vector<servable::ServableHandle>& versions,
                                     const model::SemVer& version) {
  const auto found = std::ranges::find_if(versions, [&](const servable::ServableHandle& one) {
    return one->version.text() == version.text();
  });
  return found == versions.end() ? nullptr : *found;
}

// Versions that differ in their build only are of one precedence, and are ordered by their text.
bool Precedes(const servable::ServableHandle& a, const servable::ServableHandle& b) {
  const std::weak_ordering order = a->version <=> b->version;
  return order != 0 ? order < 0 : a->version.text() < b->version.text();
}

// Why a version is not served, empty if it is or if nothing is known of it.
std::string ReasonOf(const model::ModelName& name, const WantedVersion& wanted,
                     std::span<const VersionRecord> records) {
  const std::string version = name.value() + "@" + wanted.version.text();
  for (const VersionRecord& record : records) {
    if (!record.Matches(name, wanted)) continue;
    if (record.state == ServableState::kLoading) return version + " is being loaded";
    if (record.state == ServableState::kFailed) {
      return version + " cannot be loaded: " + record.reason;
    }
  }
  return "";
}

}  // namespace

std::vector<VersionPlan> PlanVersions(const WantedModel& wanted,
                                      std::span<const VersionRecord> records, RetryRule rule,
                                      base::Instant now) {
  std::vector<VersionPlan> plans;
  plans.reserve(wanted.versions.size());
  for (const WantedVersion& version : wanted.versions) {
    plans.push_back(PlanVersion(wanted.name, version, records, rule, now));
  }
  return plans;
}

bool IsRetryDue(std::span<const VersionRecord> records, base::Instant now) {
  return std::ranges::any_of(records, [now](const VersionRecord& record) {
    return record.state == ServableState::kFailed && now >= record.retry_at;
  });
}

RoutingTable::Model PlanRoutes(const WantedModel& wanted,
                               const std::vector<servable::ServableHandle>& loaded,
                               const RoutingTable::Model& current) {
  RoutingTable::Model next{.aliases = {}, .versions = loaded};
  for (const WantedAlias& target : wanted.aliases) {
    servable::ServableHandle servable = FindVersion(next.versions, target.version);
    const auto old = current.aliases.find(target.alias.value());
    if (servable == nullptr && old != current.aliases.end()) servable = old->second;
    if (servable == nullptr) continue;
    // The old version of an alias may be wanted no longer. While the alias stays there it is
    // served.
    if (std::ranges::find(next.versions, servable) == next.versions.end()) {
      next.versions.push_back(servable);
    }
    next.aliases.emplace(target.alias.value(), std::move(servable));
  }
  std::ranges::sort(next.versions, Precedes);
  return next;
}

std::map<std::string, std::string, std::less<>> ListUnavailable(
    const WantedModel& wanted, std::span<const VersionRecord> records,
    const RoutingTable::Model& served) {
  std::map<std::string, std::string, std::less<>> unavailable;
  for (const WantedVersion& version : wanted.versions) {
    const servable::ServableHandle found = FindVersion(served.versions, version.version);
    if (found != nullptr && found->digest == version.digest) continue;
    const std::string reason = ReasonOf(wanted.name, version, records);
    if (reason.empty()) continue;
    if (found == nullptr) unavailable.emplace(version.version.text(), reason);
    for (const WantedAlias& target : wanted.aliases) {
      if (target.version != version.version) continue;
      if (served.aliases.contains(target.alias.value())) continue;
      unavailable.emplace(target.alias.value(), reason);
    }
  }
  return unavailable;
}

}  // namespace moorage::models
