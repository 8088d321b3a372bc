#pragma once

// The models as they are served now. It holds the table in use, the records of the versions, and
// the problems. Any thread may look. Only the manager's thread changes it, and no lock is held
// while a version is loaded or the source is asked.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/serving/models/model_plan.h"
#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/models/version_records.h"
#include "domain/serving/models/version_report.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

class ServedModels {
 public:
  // Never null.
  std::shared_ptr<const RoutingTable> table() const EXCLUDES(mu_);
  // Versions that the new table does not hold are retiring until their last lease ends.
  void Publish(std::shared_ptr<const RoutingTable> table) EXCLUDES(mu_);

  // The decisions of model_plan.h over the records of this moment.
  std::vector<VersionPlan> Plan(const WantedModel& wanted, RetryRule rule, base::Instant now) const
      EXCLUDES(mu_);
  bool IsRetryDue(base::Instant now) const EXCLUDES(mu_);
  std::map<std::string, std::string, std::less<>> Unavailable(
      const WantedModel& wanted, const RoutingTable::Model& served) const EXCLUDES(mu_);
  // The names of the models of which a version is being loaded.
  std::set<std::string> Loading() const EXCLUDES(mu_);

  // The moves of version_records.h.
  void BeginLoad(const model::ModelName& name, const WantedVersion& wanted) EXCLUDES(mu_);
  bool FailLoad(const model::ModelName& name, const WantedVersion& wanted, std::string reason,
                base::Instant retry_at) EXCLUDES(mu_);
  void FinishLoad(const servable::ServableHandle& servable) EXCLUDES(mu_);
  void BeginUnload(std::uint32_t id) EXCLUDES(mu_);
  void FinishUnload(std::uint32_t id) EXCLUDES(mu_);

  // Ends a round. Forgets failures of versions that are not wanted any more, and replaces the
  // problems by those of the versions and `other_problems`.
  void EndRound(const std::vector<WantedModel>& wanted,
                const std::vector<std::string>& other_problems) EXCLUDES(mu_);
  // Why the source cannot be read, nothing if it can. Returns true if that is news.
  bool ShowSourceProblem(const std::optional<base::Error>& problem) EXCLUDES(mu_);

  // Whether the alias is served as the source wants it. kUnavailable with the reason if not.
  base::Status CheckAlias(const model::ModelName& name, const model::Alias& alias) const
      EXCLUDES(mu_);
  std::vector<VersionStatus> Status() const EXCLUDES(mu_);
  // One sentence for each problem, that of the source first.
  std::vector<std::string> Problems() const EXCLUDES(mu_);
  // What the source answered last, if that was an error.
  std::optional<base::Error> SourceProblem() const EXCLUDES(mu_);

 private:
  base::Status CheckTarget(const WantedModel& wanted, const WantedAlias& target) const
      REQUIRES(mu_);

  mutable base::Mutex mu_;
  std::shared_ptr<const RoutingTable> table_ GUARDED_BY(mu_) = std::make_shared<RoutingTable>();
  VersionRecords records_ GUARDED_BY(mu_);
  std::vector<WantedModel> wanted_ GUARDED_BY(mu_);  // of the last round
  std::vector<std::string> problems_ GUARDED_BY(mu_);
  std::optional<base::Error> source_problem_ GUARDED_BY(mu_);
};

}  // namespace moorage::models
