#pragma once

// A few threads that load versions beside each other, so that a slow load delays no other. Without
// threads what was submitted waits for RunWaiting(). Any thread.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "foundation/base/mutex.h"

namespace moorage::models {

class LoadPool {
 public:
  using Load = std::function<void()>;

  LoadPool() = default;
  ~LoadPool() { Stop(); }
  LoadPool(const LoadPool&) = delete;
  LoadPool& operator=(const LoadPool&) = delete;

  // Starts the threads ("moorage-load"). One thread starts and stops.
  void Start(std::size_t threads) EXCLUDES(mu_);
  // Returns when the loads that run are over. Those that wait stay.
  void Stop() EXCLUDES(mu_);

  void Submit(Load load) EXCLUDES(mu_);
  // Runs what waits on the caller's thread. Returns how many loads that were.
  std::size_t RunWaiting() EXCLUDES(mu_);

 private:
  void Work() EXCLUDES(mu_);

  base::Mutex mu_;
  std::condition_variable changed_;
  std::deque<Load> waiting_ GUARDED_BY(mu_);
  bool working_ GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;  // of the thread that starts and stops
};

}  // namespace moorage::models
