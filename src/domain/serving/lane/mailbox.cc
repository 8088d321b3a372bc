#include "domain/serving/lane/mailbox.h"

#include <utility>

namespace moorage::lane {

void Mailbox::Put(std::unique_ptr<BatchJob> job) {
  const base::MutexLock lock(mu_);
  if (!wake_) return;
  finished_.push_back(std::move(job));
  filled_.store(true, std::memory_order_release);
  if (finished_.size() == 1) wake_();
}

std::vector<std::unique_ptr<BatchJob>> Mailbox::Take() {
  const base::MutexLock lock(mu_);
  filled_.store(false, std::memory_order_release);
  return std::exchange(finished_, {});
}

void Mailbox::Wake() {
  const base::MutexLock lock(mu_);
  if (wake_) wake_();
}

void Mailbox::Close() {
  const base::MutexLock lock(mu_);
  wake_ = nullptr;
  finished_.clear();
}

}  // namespace moorage::lane
