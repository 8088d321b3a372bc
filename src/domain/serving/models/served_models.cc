#include "domain/serving/models/served_models.h"

#include <utility>

namespace moorage::models {

std::shared_ptr<const RoutingTable> ServedModels::table() const {
  const base::MutexLock lock(mu_);
  return table_;
}

void ServedModels::Publish(std::shared_ptr<const RoutingTable> table) {
  const base::MutexLock lock(mu_);
  records_.MatchTable(*table);
  // The old table is destroyed with the caller's argument, outside the lock.
  table_.swap(table);
}

std::vector<VersionPlan> ServedModels::Plan(const WantedModel& wanted, RetryRule rule,
                                            base::Instant now) const {
  const base::MutexLock lock(mu_);
  return PlanVersions(wanted, records_.all(), rule, now);
}

bool ServedModels::IsRetryDue(base::Instant now) const {
  const base::MutexLock lock(mu_);
  return models::IsRetryDue(records_.all(), now);
}

std::map<std::string, std::string, std::less<>> ServedModels::Unavailable(
    const WantedModel& wanted, const RoutingTable::Model& served) const {
  const base::MutexLock lock(mu_);
  return ListUnavailable(wanted, records_.all(), served);
}

std::set<std::string> ServedModels::Loading() const {
  const base::MutexLock lock(mu_);
  std::set<std::string> names;
  for (const VersionRecord& record : records_.all()) {
    if (record.state == ServableState::kLoading) names.insert(record.name.value());
  }
  return names;
}

void ServedModels::BeginLoad(const model::ModelName& name, const WantedVersion& wanted) {
  const base::MutexLock lock(mu_);
  records_.BeginLoad(name, wanted);
}

bool ServedModels::FailLoad(const model::ModelName& name, const WantedVersion& wanted,
                            std::string reason, base::Instant retry_at) {
  const base::MutexLock lock(mu_);
  return records_.FailLoad(name, wanted, std::move(reason), retry_at);
}

void ServedModels::FinishLoad(const servable::ServableHandle& servable) {
  const base::MutexLock lock(mu_);
  records_.FinishLoad(servable);
}

void ServedModels::BeginUnload(std::uint32_t id) {
  const base::MutexLock lock(mu_);
  records_.BeginUnload(id);
}

void ServedModels::FinishUnload(std::uint32_t id) {
  const base::MutexLock lock(mu_);
  records_.FinishUnload(id);
}

void ServedModels::EndRound(const std::vector<WantedModel>& wanted,
                            const std::vector<std::string>& other_problems) {
  const base::MutexLock lock(mu_);
  records_.MatchWanted(wanted);
  wanted_ = wanted;
  problems_ = ListProblems(wanted, records_.all(), *table_);
  problems_.insert(problems_.end(), other_problems.begin(), other_problems.end());
}

bool ServedModels::ShowSourceProblem(const std::optional<base::Error>& problem) {
  const base::MutexLock lock(mu_);
  return std::exchange(source_problem_, problem) != problem;
}

base::Status ServedModels::CheckAlias(const model::ModelName& name,
                                      const model::Alias& alias) const {
  const base::MutexLock lock(mu_);
  if (source_problem_) {
    return base::Error{base::Code::kUnavailable,
                       "the models cannot be read: " + source_problem_->message};
  }
  for (const WantedModel& wanted : wanted_) {
    if (wanted.name != name) continue;
    for (const WantedAlias& target : wanted.aliases) {
      if (target.alias == alias) return CheckTarget(wanted, target);
    }
  }
  return base::Error{base::Code::kUnavailable, name.value() + "@" + alias.value() +
                                                   " is not among the aliases that are served"};
}

base::Status ServedModels::CheckTarget(const WantedModel& wanted, const WantedAlias& target) const {
  const auto model = table_->models().find(wanted.name.value());
  if (model == table_->models().end()) {
    return base::Error{base::Code::kUnavailable, wanted.name.value() + " is not served yet"};
  }
  const auto served = model->second.aliases.find(target.alias.value());
  for (const WantedVersion& version : wanted.versions) {
    if (version.version != target.version) continue;
    const bool there = served != model->second.aliases.end() &&
                       served->second->version == version.version &&
                       served->second->digest == version.digest;
    if (there) return {};
  }
  const auto reason = model->second.unavailable.find(target.version.text());
  if (reason != model->second.unavailable.end()) {
    return base::Error{base::Code::kUnavailable, reason->second};
  }
  return base::Error{base::Code::kUnavailable,
                     Format(wanted.name, target.version) + " is not served yet"};
}

std::vector<VersionStatus> ServedModels::Status() const {
  const base::MutexLock lock(mu_);
  return ShowVersions(records_.all(), *table_);
}

std::optional<base::Error> ServedModels::SourceProblem() const {
  const base::MutexLock lock(mu_);
  return source_problem_;
}

std::vector<std::string> ServedModels::Problems() const {
  const base::MutexLock lock(mu_);
  std::vector<std::string> all = problems_;
  if (source_problem_) {
    all.insert(all.begin(), "the models cannot be read: " + source_problem_->message);
  }
  return all;
}

}  // namespace moorage::models
