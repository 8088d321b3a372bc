#include "platform/worker/exit_deadline.h"

#include <pthread.h>
#include <unistd.h>

#include <utility>

namespace moorage::worker {

ExitDeadline::ExitDeadline(std::chrono::nanoseconds limit, std::function<void()> end) {
  thread_ = std::thread([this, limit, end = std::move(end)] { Wait(limit, end); });
  ::pthread_setname_np(thread_.native_handle(), "moorage-exit");
}

ExitDeadline::~ExitDeadline() {
  {
    const base::MutexLock lock(mutex_);
    in_time_ = true;
    ended_.notify_all();
  }
  thread_.join();
}

void ExitDeadline::Wait(std::chrono::nanoseconds limit, const std::function<void()>& end) {
  base::MutexLock lock(mutex_);
  const bool in_time =
      ended_.wait_for(lock.native(), limit, [&]() REQUIRES(mutex_) { return in_time_; });
  if (!in_time) end();
}

void ExitDeadline::LeaveNow() { ::_exit(0); }

}  // namespace moorage::worker
