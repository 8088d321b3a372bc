#pragma once

#include <functional>

namespace moorage::management_http {

// Threads for work that may block: files, the registry, loading. Bounded; made and joined by the
// composition root.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // False if the queue is full or stopping; the job has not been taken then. Jobs that were taken
  // run before the queue ends.
  virtual bool TrySubmit(std::function<void()> job) = 0;
};

}  // namespace moorage::management_http
