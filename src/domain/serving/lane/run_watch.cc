#include "domain/serving/lane/run_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "domain/serving/lane/completion_queue.h"

namespace moorage::lane {
namespace {

using base::Instant;

// Longest sleep while runs with a deadline are under way, so that a clock that does not move with
// the machine's is followed too.
constexpr base::Duration kWatchInterval = std::chrono::milliseconds(50);
// The sleep while short runs come, and for how long after the last of them.
constexpr base::Duration kBriskInterval = std::chrono::milliseconds(1);
constexpr base::Duration kBrisk = std::chrono::seconds(1);

}  // namespace

RunWatch::Run::Run(RunWatch& watch, const Options& options) : watch_(watch), options_(options) {
  const base::MutexLock lock(watch_.mu_);
  watch_.runs_.push_back(this);
  // What was abandoned before this moment did not find the run in the list.
  watch_.StopIfUnwanted(*this);
  if (options_.span == Span::kShort) watch_.short_runs_ = true;
  // The watchdog looks again at watched_until_ anyway. A wake-up per run would cost a system call
  // each.
  if (options_.give_up < watch_.watched_until_) watch_.changed_.notify_one();
}

RunWatch::Run::~Run() {
  const base::MutexLock lock(watch_.mu_);
  // Swap with the last and pop. The list is as short as there are threads.
  const auto found = std::ranges::find(watch_.runs_, this);
  *found = watch_.runs_.back();
  watch_.runs_.pop_back();
}

void RunWatch::Watch() {
  base::MutexLock lock(mu_);
  Instant brisk_until{};
  while (!stopped_) {
    const Instant now = clock_.Monotonic();
    const Instant next = StopLateLocked(now);
    if (std::exchange(short_runs_, false)) brisk_until = now + kBrisk;
    const bool brisk = now < brisk_until;
    if (next == Instant::max() && !brisk) {
      watched_until_ = next;
      changed_.wait(lock.native());
    } else {
      const auto pause =
          std::min<base::Duration>(next - now, brisk ? kBriskInterval : kWatchInterval);
      watched_until_ = now + pause;
      changed_.wait_for(lock.native(), pause);
    }
  }
}

void RunWatch::Stop() {
  const base::MutexLock lock(mu_);
  stopped_ = true;
  changed_.notify_all();
}

Instant RunWatch::StopLate(Instant now) {
  const base::MutexLock lock(mu_);
  return StopLateLocked(now);
}

Instant RunWatch::StopLateLocked(Instant now) {
  Instant next = Instant::max();
  for (Run* run : runs_) {
    Instant& give_up = run->options_.give_up;
    if (run->options_.control == nullptr || give_up == Instant::max()) continue;
    if (give_up < now) {
      run->options_.control->Terminate();
      give_up = Instant::max();
    } else {
      next = std::min(next, give_up);
    }
  }
  return next;
}

void RunWatch::StopIfUnwanted(const Run& run) {
  const Run::Options& options = run.options_;
  if (options.control == nullptr) return;
  const bool abandoned =
      !options.requests.empty() &&
      std::ranges::none_of(options.requests, [](const auto* request) { return request->wanted(); });
  if (abandoned || giving_up_) options.control->Terminate();
}

void RunWatch::StopUnwanted() {
  const base::MutexLock lock(mu_);
  for (const Run* run : runs_) StopIfUnwanted(*run);
}

void RunWatch::GiveUp() {
  const base::MutexLock lock(mu_);
  giving_up_ = true;
  for (const Run* run : runs_) {
    StopIfUnwanted(*run);
    // A request gives up its queue after its run is out of the list.
    for (const QueuedRequest* request : run->options_.requests) {
      if (request->reply != nullptr) request->reply->Wake();
    }
  }
}

base::Duration RunWatch::Remaining(Instant now) const {
  const base::MutexLock lock(mu_);
  base::Duration remaining{0};
  for (const Run* run : runs_) {
    remaining += std::max(run->options_.expected_end - now, base::Duration{0});
  }
  return remaining;
}

}  // namespace moorage::lane
