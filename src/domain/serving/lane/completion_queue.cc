#include "domain/serving/lane/completion_queue.h"

#include <utility>

namespace moorage::lane {

void CompletionQueue::Put(std::unique_ptr<BatchJob> job) {
  const base::MutexLock lock(mu_);
  // The lane has been destroyed, and has answered these requests itself.
  if (!wake_) return;
  finished_.push_back(std::move(job));
  filled_.store(true, std::memory_order_release);
  // The reactor takes all that is there, so only the first of them wakes it.
  if (finished_.size() == 1) wake_();
}

std::vector<std::unique_ptr<BatchJob>> CompletionQueue::Take() {
  const base::MutexLock lock(mu_);
  filled_.store(false, std::memory_order_release);
  return std::exchange(finished_, {});
}

void CompletionQueue::Wake() {
  const base::MutexLock lock(mu_);
  if (wake_) wake_();
}

void CompletionQueue::Close() {
  const base::MutexLock lock(mu_);
  wake_ = nullptr;
  finished_.clear();
}

}  // namespace moorage::lane
