#include "domain/serving/models/load_pool.h"

#include <pthread.h>

#include <utility>

namespace moorage::models {

void LoadPool::Start(std::size_t threads) {
  {
    const base::MutexLock lock(mu_);
    working_ = true;
  }
  while (threads_.size() < threads) {
    std::thread& thread = threads_.emplace_back([this] { Work(); });
    pthread_setname_np(thread.native_handle(), "moorage-load");
  }
}

void LoadPool::Stop() {
  {
    const base::MutexLock lock(mu_);
    working_ = false;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void LoadPool::Submit(Load load) {
  const base::MutexLock lock(mu_);
  waiting_.push_back(std::move(load));
  changed_.notify_one();
}

std::size_t LoadPool::RunWaiting() {
  std::deque<Load> loads;
  {
    const base::MutexLock lock(mu_);
    loads.swap(waiting_);
  }
  for (const Load& load : loads) load();
  return loads.size();
}

void LoadPool::Work() {
  while (true) {
    Load load;
    {
      base::MutexLock lock(mu_);
      while (working_ && waiting_.empty()) changed_.wait(lock.native());
      if (!working_) return;
      load = std::move(waiting_.front());
      waiting_.pop_front();
    }
    load();
  }
}

}  // namespace moorage::models
