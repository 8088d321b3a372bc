#include "domain/serving/models/graveyard.h"

#include <utility>

namespace moorage::models {

servable::ServableHandle Graveyard::Lease(std::unique_ptr<servable::Servable> servable) {
  return {servable.release(), [graveyard = shared_from_this()](const servable::Servable* dead) {
            graveyard->Bury(std::unique_ptr<const servable::Servable>(dead));
          }};
}

std::vector<std::unique_ptr<const servable::Servable>> Graveyard::Take() {
  const base::MutexLock lock(mu_);
  return std::exchange(dead_, {});
}

void Graveyard::Close() {
  const base::MutexLock lock(mu_);
  closed_ = true;
  dead_.clear();
}

void Graveyard::Bury(std::unique_ptr<const servable::Servable> servable) {
  const base::MutexLock lock(mu_);
  if (!closed_) dead_.push_back(std::move(servable));
}

}  // namespace moorage::models
