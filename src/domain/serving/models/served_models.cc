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
  problems_ = ListProblems(wanted, records_.all(), *table_);
  problems_.insert(problems_.end(), other_problems.begin(), other_problems.end());
}

bool ServedModels::ShowSourceProblem(const std::string& text) {
  const base::MutexLock lock(mu_);
  return std::exchange(source_problem_, text) != text;
}

std::vector<VersionStatus> ServedModels::Status() const {
  const base::MutexLock lock(mu_);
  return ShowVersions(records_.all(), *table_);
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
