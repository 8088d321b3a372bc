#include "main/process/job_pool.h"

#include <pthread.h>

#include <new>
#include <string>
#include <utility>

namespace moorage::process {

using management_http::Job;

JobPool::JobPool(const Options& options) : capacity_(options.capacity), running_(options.threads) {
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this, i] { Work(i); });
  }
}

JobPool::~JobPool() {
  RefuseWaiting();
  CancelRunning();
  for (std::thread& thread : threads_) thread.join();
}

bool JobPool::TrySubmit(Job job) {
  {
    const base::MutexLock lock(mutex_);
    if (stopping_ || jobs_.size() >= capacity_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void JobPool::RefuseWaiting() {
  Jobs waiting;
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    waiting.swap(jobs_);
  }
  wake_.notify_all();
  for (const Job& job : waiting) {
    job.refuse(
        base::Error{base::Code::kUnavailable, "the server ends, and has not begun this call"});
  }
}

void JobPool::CancelRunning() {
  std::vector<base::CancelSource> running;
  {
    const base::MutexLock lock(mutex_);
    cancelling_ = true;
    running = running_;
  }
  for (base::CancelSource& source : running) source.Cancel(base::CancelReason::kShutdown);
}

void JobPool::Work(std::size_t index) {
  pthread_setname_np(pthread_self(), ("moorage-job-" + std::to_string(index)).c_str());
  while (true) {
    Job job;
    bool cancelling = false;
    {
      base::MutexLock lock(mutex_);
      while (jobs_.empty() && !stopping_) wake_.wait(lock.native());
      // A job that was accepted runs even if the pool is stopping, because its caller waits.
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      running_[index] = job.cancel;
      cancelling = cancelling_;
    }
    if (cancelling) job.cancel.Cancel(base::CancelReason::kShutdown);
    Do(job);
  }
}

void JobPool::Do(const Job& job) {
  // Work that no client waits for is not begun.
  if (const base::Status wanted = job.cancel.token().Check(); !wanted.ok()) {
    return job.refuse(wanted.error());
  }
  // The one place where a call that needs too much memory ends, in place of the process.
  try {
    job.run();
  } catch (const std::bad_alloc&) {
    job.refuse(base::Error{base::Code::kUnavailable, "there is not enough memory for this call"});
  }
}

}  // namespace moorage::process
