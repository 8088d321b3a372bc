#include "domain/serving/models/retired_servables.h"

#include <utility>

namespace moorage::models {

servable::ServableHandle RetiredServables::Lease(std::unique_ptr<servable::Servable> servable) {
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
  if (closed_) return;
  retired_.push_back(std::move(servable));
  if (on_retired_) on_retired_();
}

}  // namespace moorage::models
