#pragma once

// Versions whose last lease has ended, until the manager's thread destroys them. The thread that
// held the last lease is a reactor's as a rule, and destroying a session takes milliseconds. Any
// thread. It outlives its owner while a lease exists.
//
//   auto retired = std::make_shared<RetiredServables>();
//   ServableHandle lease = retired->Lease(std::move(servable));
//   lease.reset();                       // on any thread
//   retired->Take();                     // on the manager's thread: one version

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "domain/serving/servable/servable.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

class RetiredServables : public std::enable_shared_from_this<RetiredServables> {
 public:
  // `retired` is called on the thread where a last lease ends, and must not call this object.
  explicit RetiredServables(std::function<void()> retired = {}) : on_retired_(std::move(retired)) {}

  // The first lease of a version. When the last copy of it ends the version is retired.
  servable::ServableHandle Lease(std::unique_ptr<servable::Servable> servable);

  // Versions without leases, to be destroyed by the caller.
  std::vector<std::unique_ptr<const servable::Servable>> Take() EXCLUDES(mu_);
  // From now on a version is destroyed on the thread where its last lease ends.
  void Close() EXCLUDES(mu_);

 private:
  void Retire(std::unique_ptr<const servable::Servable> servable) EXCLUDES(mu_);

  const std::function<void()> on_retired_;

  base::Mutex mu_;  // Held while on_retired_ runs, so that it does not run after Close().
  bool closed_ GUARDED_BY(mu_) = false;
  std::vector<std::unique_ptr<const servable::Servable>> retired_ GUARDED_BY(mu_);
};

}  // namespace moorage::models
