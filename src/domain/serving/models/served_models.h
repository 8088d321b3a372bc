#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/models/version_report.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

// What the manager shows of its work: the table in use, the versions that are on their way in and
// out, and what is wrong. Any thread may look; only the manager's thread changes it, and no lock is
// held while a version is loaded or the source is asked.
class ServedModels {
 public:
  // Never null.
  std::shared_ptr<const RoutingTable> table() const EXCLUDES(mu_);
  // Versions that the new table does not hold are leaving until their last lease ends.
  void Publish(std::shared_ptr<const RoutingTable> table) EXCLUDES(mu_);
  // A version that is leaving and wanted again; null if there is none.
  servable::ServableHandle StillLeased(const model::ModelName& name,
                                       const WantedVersion& wanted) const EXCLUDES(mu_);

  // In place of what was known of a version that is not ready.
  void ShowLoading(const model::ModelName& name, const model::SemVer& version) EXCLUDES(mu_);
  // The result of a round, in place of the last one's.
  void ShowReport(VersionReport report) EXCLUDES(mu_);
  // Why the source cannot be read, empty if it can; true if that is news.
  bool ShowSourceProblem(const std::string& text) EXCLUDES(mu_);

  std::vector<VersionStatus> Status() const EXCLUDES(mu_);
  std::vector<std::string> Problems() const EXCLUDES(mu_);

 private:
  // A version that is in no table any more, but may be leased.
  struct Leaving {
    model::ModelName name;
    model::SemVer version;
    std::weak_ptr<const servable::Servable> lease;
  };

  mutable base::Mutex mu_;
  std::shared_ptr<const RoutingTable> table_ GUARDED_BY(mu_) = std::make_shared<RoutingTable>();
  std::vector<VersionStatus> status_ GUARDED_BY(mu_);
  std::vector<Leaving> leaving_ GUARDED_BY(mu_);
  std::vector<std::string> problems_ GUARDED_BY(mu_);
  std::string source_problem_ GUARDED_BY(mu_);
};

}  // namespace moorage::models
