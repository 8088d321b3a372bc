#pragma once

// A few threads ("moorage-job-N") behind a bounded queue, for work that may block.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "edge/management/job_queue.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/mutex.h"

namespace moorage::process {

// A job that finds no memory is refused, and the next one runs.
class JobPool : public management_http::JobQueue {
 public:
  struct Options {
    std::size_t threads = 2;
    std::size_t capacity = 64;  // jobs that wait
  };

  explicit JobPool(const Options& options);
  // Refuses what waits, cancels what runs, and waits for its end.
  ~JobPool() override;
  JobPool(const JobPool&) = delete;
  JobPool& operator=(const JobPool&) = delete;

  bool TrySubmit(management_http::Job job) override;

  // The process drains. Takes no job any more, and refuses those that wait. What runs goes on.
  void RefuseWaiting();
  // The drain is over. Asks what still runs to stop.
  void CancelRunning();

 private:
  using Jobs = std::deque<management_http::Job>;

  void Work(std::size_t index);
  static void Do(const management_http::Job& job);

  const std::size_t capacity_;
  base::Mutex mutex_;  // never held while a job runs or is refused
  std::condition_variable wake_;
  Jobs jobs_ GUARDED_BY(mutex_);
  // Of the job of each thread. A source that was used up does no harm.
  std::vector<base::CancelSource> running_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool cancelling_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace moorage::process
