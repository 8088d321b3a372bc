#include "edge/net/reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

namespace moorage::net {
namespace {

constexpr int kMaxEvents = 256;

}  // namespace

struct Reactor::Slots {
  std::array<epoll_event, kMaxEvents> events;
};

Reactor::Reactor(const base::Clock& clock, const Options& options)
    : clock_(clock),
      pulse_(options.pulse),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      slots_(std::make_unique<Slots>()),
      now_(clock.Monotonic()),
      next_pulse_(now_ + pulse_) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // never read, because every write is an edge
  event.data.ptr = nullptr;
  if (!epoll_ || !wake_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    std::abort();  // a process that may not open two descriptors cannot serve
  }
}

Reactor::~Reactor() = default;

void Reactor::Post(Task task) {
  {
    const base::MutexLock lock(mu_);
    posted_.push_back(std::move(task));
  }
  // One write wakes the reactor for all tasks that are posted before it looks.
  if (wake_sent_.exchange(true)) return;
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void Reactor::Stop() {
  // The empty task wakes the loop out of its wait.
  stop_ = true;
  Post([] {});
}

void Reactor::Run() {
  now_ = clock_.Monotonic();
  while (!stop_) {
    lag_ = clock_.Monotonic() - now_;
    const int ready =
        ::epoll_wait(epoll_.get(), slots_->events.data(), kMaxEvents, WaitMilliseconds());
    tick_requested_ = false;
    wake_at_ = base::Instant::max();
    now_ = clock_.Monotonic();
    HandOut(ready);
    RunPosted();
    if (pulse_holders_ > 0 && now_ >= next_pulse_) Pulse();
    for (TickObserver* observer : observers_) observer->EndTick();
  }
}

int Reactor::WaitMilliseconds() const {
  if (tick_requested_) return 0;
  base::Instant next = wake_at_;
  if (pulse_holders_ > 0) next = std::min({next, next_pulse_, now_ + pulse_});
  if (next == base::Instant::max()) return -1;
  // Rounded up. A wait of 0 ms before the time has come would spin.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now_).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void Reactor::HandOut(int ready) {
  // A signal interrupts the wait with -1. The tick then has no events.
  ready_ = std::max(ready, 0);
  for (int i = 0; i < ready_; ++i) {
    const epoll_event& event = slots_->events[static_cast<std::size_t>(i)];
    if (event.data.ptr != nullptr) static_cast<EventSink*>(event.data.ptr)->OnEvents(event.events);
  }
  ready_ = 0;
}

void Reactor::RunPosted() {
  tasks_began_.reset();
  if (!wake_sent_.load()) return;
  // Cleared before the tasks are taken. A task that is posted in between wakes the reactor once
  // more. In the other order its wake-up would be lost.
  wake_sent_ = false;
  tasks_began_ = clock_.Monotonic();
  {
    const base::MutexLock lock(mu_);
    running_.swap(posted_);
  }
  for (Task& task : running_) task();
  running_.clear();
}

void Reactor::Pulse() {
  next_pulse_ = now_ + pulse_;
  for (TickObserver* observer : observers_) observer->OnPulse();
}

void Reactor::SetPulse(base::Duration pulse) {
  pulse_ = pulse;
  next_pulse_ = std::min(next_pulse_, now_ + pulse);
}

void Reactor::DiscardPosted() {
  // Declared before the lock, so the tasks are destroyed after it is released. Their destructors
  // may post.
  std::vector<Task> discarded;
  const base::MutexLock lock(mu_);
  discarded.swap(posted_);
}

bool Reactor::Watch(int fd, std::uint32_t events, EventSink& sink) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &sink;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Reactor::Rewatch(int fd, std::uint32_t events, EventSink& sink) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &sink;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Reactor::Unwatch(int fd, EventSink& sink) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  // Events of this wait may still name the sink, which may be destroyed before they are handed out.
  for (int i = 0; i < ready_; ++i) {
    epoll_event& event = slots_->events[static_cast<std::size_t>(i)];
    if (event.data.ptr == &sink) event.data.ptr = nullptr;
  }
}

}  // namespace moorage::net
