#include "domain/serving/graveyard.h"

#include <utility>

namespace moorage::serving {

ServableHandle Graveyard::Lease(std::unique_ptr<Servable> servable) {
  return {servable.release(), [graveyard = shared_from_this()](const Servable* dead) {
            graveyard->Bury(std::unique_ptr<const Servable>(dead));
          }};
}

std::vector<std::unique_ptr<const Servable>> Graveyard::Take() {
  const base::MutexLock lock(mu_);
  return std::exchange(dead_, {});
}

void Graveyard::Close() {
  const base::MutexLock lock(mu_);
  closed_ = true;
  dead_.clear();
}

void Graveyard::Bury(std::unique_ptr<const Servable> servable) {
  const base::MutexLock lock(mu_);
  if (!closed_) dead_.push_back(std::move(servable));
}

}  // namespace moorage::serving
