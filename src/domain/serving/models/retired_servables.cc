#include "domain/serving/models/retired_servables.h"

#include <utility>

namespace moorage::models {

servable::ServableHandle RetiredServables::Lease(std::unique_ptr<servable::Servable> servable) {
  // The deleter keeps this object alive, because a lease may end after the manager.
  return {servable.release(), [self = shared_from_this()](const servable::Servable* unleased) {
            self->Retire(std::unique_ptr<const servable::Servable>(unleased));
          }};
}

std::vector<std::unique_ptr<const servable::Servable>> RetiredServables::Take() {
  const base::MutexLock lock(mu_);
  return std::exchange(retired_, {});
}

void RetiredServables::Close() {
  const base::MutexLock lock(mu_);
  closed_ = true;
  retired_.clear();
}

void RetiredServables::Retire(std::unique_ptr<const servable::Servable> servable) {
  const base::MutexLock lock(mu_);
  // The manager takes nothing any more, so the version is destroyed on this thread, with the
  // argument.
  if (closed_) return;
  retired_.push_back(std::move(servable));
  if (on_retired_) on_retired_();
}

}  // namespace moorage::models
