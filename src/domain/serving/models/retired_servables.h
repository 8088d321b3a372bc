// Versions whose last lease has ended, until the manager's thread destroys them. The thread that
// held the last lease is a reactor's as a rule, and destroying a session takes milliseconds. Any
// thread; it outlives its owner while a lease exists.
//
//   auto retired = std::make_shared<RetiredServables>();
//   ServableHandle lease = retired->Lease(std::move(servable));
//   lease.reset();                       // on any thread
//   retired->Take();                     // on the manager's thread: one version
#pragma once

#include <memory>
#include <vector>

#include "domain/serving/servable/servable.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

class RetiredServables : public std::enable_shared_from_this<RetiredServables> {
 public:
  // The first lease of a version. When the last copy of it ends the version is retired.
  servable::ServableHandle Lease(std::unique_ptr<servable::Servable> servable);

  // Versions without leases, to be destroyed by the caller.
  std::vector<std::unique_ptr<const servable::Servable>> Take() EXCLUDES(mu_);
  // From now on a version is destroyed on the thread where its last lease ends.
  void Close() EXCLUDES(mu_);

 private:
  void Retire(std::unique_ptr<const servable::Servable> servable) EXCLUDES(mu_);

  base::Mutex mu_;
  bool closed_ GUARDED_BY(mu_) = false;
  std::vector<std::unique_ptr<const servable::Servable>> retired_ GUARDED_BY(mu_);
};

}  // namespace moorage::models
