#pragma once

// Threads for work that may block, and what becomes of work that is not done.

#include <functional>

#include "foundation/base/cancel_token.h"
#include "foundation/base/error.h"

namespace moorage::management_http {

// Exactly one of run and refuse is called, except that refuse follows a run that was broken off.
struct Job {
  // Any thread of the queue. It looks at the token of `cancel` between its steps.
  std::function<void()> run;
  // Any thread. kUnavailable if the process ends or run found no memory, the token's error if no
  // client waits any more.
  std::function<void(const base::Error&)> refuse;
  base::CancelSource cancel = {};
};

// Threads for work that may block, which is files, the registry and loading. The queue is bounded.
// The composition root makes and joins it. Safe from any thread.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // Returns false if the queue is full or stopping, and then has not taken the job.
  virtual bool TrySubmit(Job job) = 0;
};

}  // namespace moorage::management_http
