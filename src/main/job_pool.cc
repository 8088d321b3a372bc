#include "main/job_pool.h"

#include <pthread.h>

#include <string>
#include <utility>

namespace moorage::main {

JobPool::JobPool(const Options& options) : capacity_(options.capacity) {
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this, i] { Work(i); });
  }
}

JobPool::~JobPool() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool JobPool::TrySubmit(std::function<void()> job) {
  {
    const base::MutexLock lock(mutex_);
    if (stopping_ || jobs_.size() >= capacity_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void JobPool::Work(std::size_t index) {
  pthread_setname_np(pthread_self(), ("moorage-job-" + std::to_string(index)).c_str());
  while (true) {
    std::function<void()> job;
    {
      base::MutexLock lock(mutex_);
      while (jobs_.empty() && !stopping_) wake_.wait(lock.native());
      // A job that was accepted runs even if the pool is stopping, because its caller waits.
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace moorage::main
