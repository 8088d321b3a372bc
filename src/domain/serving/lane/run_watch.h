#pragma once

// The runs under way on any thread, and a watchdog that ends those for which no client waits any
// more. The thread that runs a model declares the run by a Run object, which it keeps until the run
// is over. One thread calls Watch(), any thread the rest.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/serving/lane/queued_request.h"
#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

class RunWatch {
 public:
  explicit RunWatch(const base::Clock& clock) : clock_(clock) {}
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

  // How soon a run is late. The watchdog looks every millisecond while short ones come, so that
  // they need not wake it.
  enum class Span : std::uint8_t { kUsual, kShort };

  class Run {
   public:
    struct Options {
      runtime::RunControl* control = nullptr;        // null if the run cannot be stopped
      base::Instant give_up = base::Instant::max();  // when every request of it is late
      base::Instant expected_end = base::Instant{};  // what Remaining() counts
      // Those that wait for it. Empty if another than the executor's clients does.
      std::span<QueuedRequest* const> requests = {};
      Span span = Span::kUsual;
    };

    // Terminates the control at once if no client waits for the run, or the process ends. The watch
    // and the control outlive it.
    Run(RunWatch& watch, const Options& options);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

   private:
    friend class RunWatch;
    RunWatch& watch_;
    Options options_;  // changed under the watch's lock only
  };

  // Stops what is late, until Stop().
  void Watch() EXCLUDES(mu_);
  void Stop() EXCLUDES(mu_);

  // Terminates each run that is late at `now`, once. Returns when the next one will be late.
  base::Instant StopLate(base::Instant now) EXCLUDES(mu_);

  // Terminates each run whose requests are all abandoned.
  void StopUnwanted() EXCLUDES(mu_);

  // Terminates every run, and every later one, because the process ends. Wakes the lanes of the
  // runs.
  void GiveUp() EXCLUDES(mu_);
  bool giving_up() const { return giving_up_.load(std::memory_order_relaxed); }

  // Time until the runs with an expected end are probably over, one after the other.
  base::Duration Remaining(base::Instant now) const EXCLUDES(mu_);

 private:
  base::Instant StopLateLocked(base::Instant now) REQUIRES(mu_);
  void StopIfUnwanted(const Run& run) REQUIRES(mu_);

  const base::Clock& clock_;
  std::atomic<bool> giving_up_{false};

  mutable base::Mutex mu_;
  std::condition_variable changed_;
  std::vector<Run*> runs_ GUARDED_BY(mu_);
  base::Instant watched_until_ GUARDED_BY(mu_) = base::Instant::max();  // when it looks again
  bool short_runs_ GUARDED_BY(mu_) = false;                             // since it last looked
  bool stopped_ GUARDED_BY(mu_) = false;
};

}  // namespace moorage::lane
