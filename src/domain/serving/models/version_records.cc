#include "domain/serving/models/version_records.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>
#include <utility>

namespace moorage::models {
namespace {

// Where a record stands among the wanted versions. What is not wanted stands last.
std::pair<std::size_t, std::size_t> RankOf(const VersionRecord& record,
                                           const std::vector<WantedModel>& wanted) {
  std::size_t model = 0;
  while (model < wanted.size() && wanted[model].name != record.name) ++model;
  if (model == wanted.size()) return {model, 0};
  const std::vector<WantedVersion>& versions = wanted[model].versions;
  std::size_t version = 0;
  while (version < versions.size() && !record.Matches(wanted[model].name, versions[version])) {
    ++version;
  }
  return {model, version};
}

bool IsWanted(const VersionRecord& record, const std::vector<WantedModel>& wanted) {
  return std::ranges::any_of(wanted, [&record](const WantedModel& model) {
    return std::ranges::any_of(model.versions, [&](const WantedVersion& version) {
      return record.Matches(model.name, version);
    });
  });
}

}  // namespace

void VersionRecord::MoveTo(ServableState next) {
  assert(base::MayMove(kServableMoves, state, next));
  state = next;
}

VersionRecord& VersionRecords::Find(const model::ModelName& name, const WantedVersion& wanted,
                                    ServableState state) {
  const auto found = std::ranges::find_if(records_, [&](const VersionRecord& record) {
    return record.state == state && record.Matches(name, wanted);
  });
  assert(found != records_.end());
  return *found;
}

void VersionRecords::BeginLoad(const model::ModelName& name, const WantedVersion& wanted) {
  for (VersionRecord& record : records_) {
    // A retiring record of the same version stays until its session is destroyed.
    if (record.state != ServableState::kFailed || !record.Matches(name, wanted)) continue;
    return record.MoveTo(ServableState::kLoading);
  }
  records_.push_back({.name = name, .version = wanted.version, .digest = wanted.digest});
}

bool VersionRecords::FailLoad(const model::ModelName& name, const WantedVersion& wanted,
                              std::string reason, base::Instant retry_at) {
  VersionRecord& record = Find(name, wanted, ServableState::kLoading);
  record.MoveTo(ServableState::kFailed);
  record.retry_at = retry_at;
  const bool is_news = record.reason != reason;
  record.reason = std::move(reason);
  return is_news;
}

void VersionRecords::FinishLoad(const servable::ServableHandle& servable) {
  VersionRecord& record =
      Find(servable->name, {servable->version, servable->digest}, ServableState::kLoading);
  record.id = servable->id;
  record.lease = servable;
  record.reason.clear();
}

void VersionRecords::MatchTable(const RoutingTable& table) {
  std::set<std::uint32_t> held;
  for (const auto& [name, model] : table.models()) {
    for (const servable::ServableHandle& servable : model.versions) held.insert(servable->id);
  }
  for (VersionRecord& record : records_) {
    // Servable ids begin at 1. A record that was never loaded has 0.
    const bool is_held = record.id != 0 && held.contains(record.id);
    if (is_held && record.state != ServableState::kReady) {
      record.MoveTo(ServableState::kReady);
    } else if (!is_held && record.state == ServableState::kReady) {
      record.MoveTo(ServableState::kRetiring);
    }
  }
}

void VersionRecords::BeginUnload(std::uint32_t id) {
  for (VersionRecord& record : records_) {
    if (record.id == id) record.MoveTo(ServableState::kUnloading);
  }
}

void VersionRecords::FinishUnload(std::uint32_t id) {
  for (VersionRecord& record : records_) {
    if (record.id == id) record.MoveTo(ServableState::kUnloaded);
  }
  std::erase_if(records_, [](const VersionRecord& record) {
    return record.state == ServableState::kUnloaded;
  });
}

void VersionRecords::MatchWanted(const std::vector<WantedModel>& wanted) {
  for (VersionRecord& record : records_) {
    if (record.state == ServableState::kFailed && !IsWanted(record, wanted)) {
      record.MoveTo(ServableState::kUnloaded);
    }
  }
  std::erase_if(records_, [](const VersionRecord& record) {
    return record.state == ServableState::kUnloaded;
  });
  // Records of one rank keep their order, which a multimap promises.
  std::multimap<std::pair<std::size_t, std::size_t>, VersionRecord> ranked;
  for (VersionRecord& record : records_) {
    const auto rank = RankOf(record, wanted);
    ranked.emplace(rank, std::move(record));
  }
  records_.clear();
  for (auto& [rank, record] : ranked) records_.push_back(std::move(record));
}

}  // namespace moorage::models
