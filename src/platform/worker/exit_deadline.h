#pragma once

// Ends the process at a time, whatever still runs: a model without an end, a job that does not look
// at its token, a disk that does not answer. What is on disk then is as after a crash, which every
// write of the registry allows for.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <thread>

#include "foundation/base/mutex.h"

namespace moorage::worker {

class ExitDeadline {
 public:
  // Calls `end` after `limit`, on a thread of its own ("moorage-exit"), unless this object is
  // destroyed before.
  ExitDeadline(std::chrono::nanoseconds limit, std::function<void()> end);
  ~ExitDeadline();
  ExitDeadline(const ExitDeadline&) = delete;
  ExitDeadline& operator=(const ExitDeadline&) = delete;

  // Leaves the process at once with exit code 0. No destructor runs.
  [[noreturn]] static void LeaveNow();

 private:
  void Wait(std::chrono::nanoseconds limit, const std::function<void()>& end);

  base::Mutex mutex_;
  std::condition_variable ended_;
  bool in_time_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last, so that all it uses exists before and after it
};

}  // namespace moorage::worker
