#pragma once

// Waits for a change of something outside the process, or for a wake-up from inside it. One thread
// waits, any thread wakes.
//
//   while (!stopping) {
//     Reconcile();
//     watch.Wait(std::chrono::seconds(1));
//   }

#include <condition_variable>
#include <cstdint>

#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"

namespace moorage::base {

class ChangeWatch {
 public:
  enum class Reason : std::uint8_t {
    kChanged,  // there may be something new: ask
    kWoken,    // Wake() was called
    kLimit,    // neither happened before the limit
  };

  virtual ~ChangeWatch() = default;

  // Returns at once if Wake() was called, or something has changed, since the last Wait() returned.
  virtual Reason Wait(Duration limit) = 0;
  // Ends the Wait() that is under way, else the next one.
  virtual void Wake() = 0;
};

// A watch on what never changes: only Wake() ends a wait before its limit.
class WakeOnlyWatch : public ChangeWatch {
 public:
  Reason Wait(Duration limit) override EXCLUDES(mu_);
  void Wake() override EXCLUDES(mu_);

 private:
  Mutex mu_;
  std::condition_variable changed_;
  bool woken_ GUARDED_BY(mu_) = false;
};

}  // namespace moorage::base
