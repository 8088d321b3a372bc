#pragma once

// The event loop of one thread.

#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "edge/net/unique_fd.h"
#include "foundation/base/clock.h"
#include "foundation/base/inline_function.h"
#include "foundation/base/mutex.h"

namespace moorage::net {

class EventSink;
class TickObserver;

// Runs ticks until it is stopped. A tick is everything between two waits:
//
//   wait for events -> hand out all that are ready -> run posted tasks -> EndTick() of every
//   observer
//
// A tick has one time. Without connections and timers the reactor sleeps. Post() and Stop() are for
// any thread, everything else belongs to the thread that is in Run().
class Reactor {
 public:
  using Task = base::InlineFunction<void(), 160>;

  struct Options {
    base::Duration pulse = std::chrono::seconds(1);
  };

  Reactor(const base::Clock& clock, const Options& options);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Any thread. Runs `task` on the reactor in a later tick, in the order of posting. Tasks that are
  // left when the loop has ended never run. DiscardPosted() or the destructor destroys them.
  void Post(Task task);
  // Any thread. Run() returns at the end of the tick.
  void Stop();

  void Run();
  // Destroys what is posted. Only after Run().
  void DiscardPosted();

  // Returns the tick's time.
  base::Instant now() const { return now_; }
  // Returns how long the tick before this one kept ready sockets waiting.
  base::Duration lag() const { return lag_; }
  // Returns the time when every ready event had been handed out, for observers of the tick's end.
  // That is the time before the first posted task of this tick, or the time of the call.
  base::Instant HandedOut() const { return tasks_began_ ? *tasks_began_ : clock_.Monotonic(); }
  const base::Clock& clock() const { return clock_; }

  void AddObserver(TickObserver& observer) { observers_.push_back(&observer); }
  // Starts the next tick at once, without an event.
  void RequestTick() { tick_requested_ = true; }
  // Starts a tick at `at` if none has begun before. Accurate to 1 ms, and never early. It asks for
  // one tick, so an observer that still waits asks again in every tick.
  void WakeAt(base::Instant at) { wake_at_ = std::min(wake_at_, at); }
  // OnPulse() is called in the interval of Options or SetPulse() while any pulse is held.
  void HoldPulse() { ++pulse_holders_; }
  void ReleasePulse() { --pulse_holders_; }
  void SetPulse(base::Duration pulse);

  // Returns false if the kernel refuses.
  bool Watch(int fd, std::uint32_t events, EventSink& sink);
  void Rewatch(int fd, std::uint32_t events, EventSink& sink);
  // No event of this tick reaches `sink` any more.
  void Unwatch(int fd, EventSink& sink);

 private:
  int WaitMilliseconds() const;
  void HandOut(int ready);
  void RunPosted();
  void Pulse();

  struct Slots;  // epoll's event array

  const base::Clock& clock_;
  base::Duration pulse_;
  UniqueFd epoll_;
  UniqueFd wake_;
  std::unique_ptr<Slots> slots_;
  int ready_ = 0;
  std::vector<TickObserver*> observers_;
  base::Instant now_;
  base::Duration lag_{0};
  std::optional<base::Instant> tasks_began_;  // in this tick
  base::Instant next_pulse_;
  base::Instant wake_at_ = base::Instant::max();
  int pulse_holders_ = 0;
  bool tick_requested_ = false;

  std::atomic<bool> stop_{false};
  std::atomic<bool> wake_sent_{false};  // the eventfd is readable or about to be
  base::Mutex mu_;
  std::vector<Task> posted_ GUARDED_BY(mu_);
  std::vector<Task> running_;
};

// Receives the events of a file descriptor. `events` are epoll's (EPOLLIN, EPOLLOUT, EPOLLERR,
// EPOLLHUP), level-triggered.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void OnEvents(std::uint32_t events) = 0;
};

// Does its part at the end of each tick. Observers have their turns in the order of registration.
class TickObserver {
 public:
  virtual ~TickObserver() = default;
  virtual void EndTick() = 0;
  // Called about once a second (Options::pulse) while a pulse is held.
  virtual void OnPulse() {}
};

}  // namespace moorage::net
