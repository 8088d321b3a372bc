#include "domain/serving/models/served_models.h"

#include <algorithm>
#include <utility>

namespace moorage::models {
namespace {

bool Holds(const RoutingTable& table, const servable::ServableHandle& servable) {
  const auto found = table.models().find(servable->name.value());
  return found != table.models().end() &&
         std::ranges::find(found->second.versions, servable) != found->second.versions.end();
}

}  // namespace

std::shared_ptr<const RoutingTable> ServedModels::table() const {
  const base::MutexLock lock(mu_);
  return table_;
}

void ServedModels::Publish(std::shared_ptr<const RoutingTable> table) {
  const base::MutexLock lock(mu_);
  for (const auto& [name, model] : table_->models()) {
    for (const servable::ServableHandle& servable : model.versions) {
      leaving_.push_back({servable->name, servable->version, servable});
    }
  }
  std::erase_if(leaving_, [&table](const Leaving& entry) {
    const servable::ServableHandle servable = entry.lease.lock();
    return servable == nullptr || Holds(*table, servable);
  });
  table_.swap(table);  // the old one dies with the caller's argument, outside the lock
}

servable::ServableHandle ServedModels::StillLeased(const model::ModelName& name,
                                                   const WantedVersion& wanted) const {
  const base::MutexLock lock(mu_);
  for (const Leaving& entry : leaving_) {
    servable::ServableHandle servable = entry.lease.lock();
    if (servable != nullptr && servable->name == name && servable->version == wanted.version &&
        servable->digest == wanted.digest) {
      return servable;
    }
  }
  return nullptr;
}

void ServedModels::ShowLoading(const model::ModelName& name, const model::SemVer& version) {
  const base::MutexLock lock(mu_);
  std::erase_if(status_, [&](const VersionStatus& entry) {
    return entry.state != VersionStatus::State::kReady && entry.name == name &&
           entry.version == version;
  });
  status_.push_back({name, version, {}, VersionStatus::State::kLoading, ""});
}

void ServedModels::ShowReport(VersionReport report) {
  const base::MutexLock lock(mu_);
  status_ = std::move(report.versions);
  problems_ = std::move(report.problems);
}

bool ServedModels::ShowSourceProblem(const std::string& text) {
  const base::MutexLock lock(mu_);
  return std::exchange(source_problem_, text) != text;
}

std::vector<VersionStatus> ServedModels::Status() const {
  const base::MutexLock lock(mu_);
  std::vector<VersionStatus> all = status_;
  for (const Leaving& entry : leaving_) {
    if (entry.lease.expired()) continue;
    all.push_back({entry.name, entry.version, {}, VersionStatus::State::kUnloading, ""});
  }
  return all;
}

std::vector<std::string> ServedModels::Problems() const {
  const base::MutexLock lock(mu_);
  std::vector<std::string> all = problems_;
  if (!source_problem_.empty()) {
    all.insert(all.begin(), "the models cannot be read: " + source_problem_);
  }
  return all;
}

}  // namespace moorage::models
