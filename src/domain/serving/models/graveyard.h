#pragma once

#include <memory>
#include <vector>

#include "domain/serving/servable/servable.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

// Where a version goes when its last lease ends, so that the thread that happened to hold it (a
// reactor, mostly) need not take the session apart: the manager's thread does.
class Graveyard : public std::enable_shared_from_this<Graveyard> {
 public:
  // A lease whose end brings the version here.
  servable::ServableHandle Lease(std::unique_ptr<servable::Servable> servable);

  // Versions without leases, to be destroyed by the caller.
  std::vector<std::unique_ptr<const servable::Servable>> Take() EXCLUDES(mu_);
  // From now on versions are destroyed where their last lease ends.
  void Close() EXCLUDES(mu_);

 private:
  void Bury(std::unique_ptr<const servable::Servable> servable) EXCLUDES(mu_);

  base::Mutex mu_;
  bool closed_ GUARDED_BY(mu_) = false;
  std::vector<std::unique_ptr<const servable::Servable>> dead_ GUARDED_BY(mu_);
};

}  // namespace moorage::models
