#pragma once

#include <functional>

namespace moorage::management_http {

// Threads for work that may block, which is files, the registry and loading. The queue is bounded.
// The composition root makes and joins it. Safe from any thread.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // Returns false if the queue is full or stopping, and then has not taken the job. Jobs that were
  // taken run before the queue ends.
  virtual bool TrySubmit(std::function<void()> job) = 0;
};

}  // namespace moorage::management_http
