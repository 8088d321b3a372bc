#pragma once

#include <sys/types.h>

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

// Waits for a file descriptor. `events` are epoll's (EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP), level
// triggered.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void OnEvents(std::uint32_t events) = 0;
};

// Does its part when a tick ends, in the order of registration: first the models, then the wires.
class TickObserver {
 public:
  virtual ~TickObserver() = default;
  virtual void EndTick() = 0;
  // About once a second (Options::pulse) while somebody holds a pulse.
  virtual void OnPulse() {}
};

// One thread's event loop:
//
//   wait for events -> hand out all that are ready -> run posted tasks -> EndTick() of every
//   observer
//
// Everything between two waits is one tick; it has one time. Without connections and timers it
// sleeps. All but Post() and Stop() belong to the thread that is in Run().
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

  // From any thread: runs `task` on the reactor in a later tick. Tasks run in the order of their
  // posting; those that are left when the loop has ended are destroyed unrun, by DiscardPosted() or
  // the end.
  void Post(Task task);
  // From any thread: Run() returns at the end of the tick.
  void Stop();

  void Run();
  // After Run(): destroys what is posted.
  void DiscardPosted();

  // The tick's time.
  base::Instant now() const { return now_; }
  // When everything that was ready had been handed out: the time before the first posted task of
  // this tick, or, without one, that of the call. For observers of the tick's end.
  base::Instant HandedOut() const { return tasks_began_ ? *tasks_began_ : clock_.Monotonic(); }
  const base::Clock& clock() const { return clock_; }

  void AddObserver(TickObserver& observer) { observers_.push_back(&observer); }
  // The next tick comes at once, not when something happens.
  void RequestTick() { tick_requested_ = true; }
  // While any pulse is held, OnPulse() is called, every Options::pulse or `SetPulse()`.
  void HoldPulse() { ++pulse_holders_; }
  void ReleasePulse() { --pulse_holders_; }
  void SetPulse(base::Duration pulse);

  // False if the kernel refuses.
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
  std::optional<base::Instant> tasks_began_;  // in this tick
  base::Instant next_pulse_;
  int pulse_holders_ = 0;
  bool tick_requested_ = false;

  std::atomic<bool> stop_{false};
  std::atomic<bool> wake_sent_{false};  // the eventfd is readable or about to be
  base::Mutex mu_;
  std::vector<Task> posted_ GUARDED_BY(mu_);
  std::vector<Task> running_;
};

}  // namespace moorage::net
