#pragma once

// The requests that the executor has finished for one lane, until the lane's Collect() takes them.
// The executor may hold it longer than the lane exists, so what is put after Close() is dropped.

#include <atomic>

#include "domain/serving/lane/queued_request.h"
#include "foundation/base/inline_function.h"
#include "foundation/base/mutex.h"

namespace moorage::lane {

// Executor threads put, the reactor takes.
class CompletionQueue {
 public:
  explicit CompletionQueue(base::InlineFunction<void(), 64> wake) : wake_(std::move(wake)) {}

  void Put(Requests requests) EXCLUDES(mu_);
  Requests Take() EXCLUDES(mu_);
  // May lag behind Put(), but not behind the wake-up that Put() makes.
  bool empty() const { return !filled_.load(std::memory_order_acquire); }
  void Wake() EXCLUDES(mu_);
  void Close() EXCLUDES(mu_);

 private:
  std::atomic<bool> filled_{false};
  base::Mutex mu_;
  base::InlineFunction<void(), 64> wake_ GUARDED_BY(mu_);  // empty once it is closed
  Requests finished_ GUARDED_BY(mu_);
};

}  // namespace moorage::lane
