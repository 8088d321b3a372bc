#pragma once

// A few threads ("moorage-job-N") behind a bounded queue, for work that may block.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "edge/management/job_queue.h"
#include "foundation/base/mutex.h"

namespace moorage::main {

class JobPool : public management_http::JobQueue {
 public:
  struct Options {
    std::size_t threads = 2;
    std::size_t capacity = 64;  // jobs that wait
  };

  explicit JobPool(const Options& options);
  // Runs what has been taken, then ends.
  ~JobPool() override;
  JobPool(const JobPool&) = delete;
  JobPool& operator=(const JobPool&) = delete;

  bool TrySubmit(std::function<void()> job) override;

 private:
  void Work(std::size_t index);

  const std::size_t capacity_;
  base::Mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace moorage::main
