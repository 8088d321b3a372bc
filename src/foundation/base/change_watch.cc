#include "foundation/base/change_watch.h"

#include <utility>

namespace moorage::base {

ChangeWatch::Reason WakeOnlyWatch::Wait(Duration limit) {
  MutexLock lock(mu_);
  changed_.wait_for(lock.native(), limit, [this]() REQUIRES(mu_) { return woken_; });
  return std::exchange(woken_, false) ? Reason::kWoken : Reason::kLimit;
}

void WakeOnlyWatch::Wake() {
  const MutexLock lock(mu_);
  woken_ = true;
  changed_.notify_all();
}

}  // namespace moorage::base
