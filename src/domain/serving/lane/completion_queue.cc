#include "domain/serving/lane/completion_queue.h"

#include <iterator>
#include <utility>

namespace moorage::lane {

void CompletionQueue::Put(Requests requests) {
  const base::MutexLock lock(mu_);
  // The lane has been destroyed, and has answered these requests itself.
  if (!wake_ || requests.empty()) return;
  const bool first = finished_.empty();
  finished_.insert(finished_.end(), std::make_move_iterator(requests.begin()),
                   std::make_move_iterator(requests.end()));
  filled_.store(true, std::memory_order_release);
  // The reactor takes all that is there, so only the first of them wakes it.
  if (first) wake_();
}

Requests CompletionQueue::Take() {
  const base::MutexLock lock(mu_);
  filled_.store(false, std::memory_order_release);
  return std::exchange(finished_, {});
}

void CompletionQueue::Wake() {
  const base::MutexLock lock(mu_);
  if (wake_) wake_();
}

void CompletionQueue::Close() {
  Requests dropped;  // destroyed after the lock is released
  const base::MutexLock lock(mu_);
  wake_ = nullptr;
  dropped = std::exchange(finished_, {});
}

}  // namespace moorage::lane
