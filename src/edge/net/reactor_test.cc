#include "edge/net/reactor.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "foundation/base/testing/fake_clock.h"

namespace moorage::net {
namespace {

// Runs a reactor on a thread of its own until the end of the test.
class RunningReactor {
 public:
  explicit RunningReactor(Reactor& reactor) : reactor_(reactor) {
    thread_ = std::thread([this] { reactor_.Run(); });
  }
  ~RunningReactor() {
    reactor_.Stop();
    thread_.join();
  }

 private:
  Reactor& reactor_;
  std::thread thread_;
};

TEST(Reactor, RunsTasksOfManyThreadsInTheOrderOfEach) {
  Reactor reactor(base::SystemClock::Get(), {});
  constexpr int kThreads = 4;
  constexpr int kTasks = 1000;
  std::vector<std::vector<int>> seen(kThreads);
  std::latch done(kThreads * kTasks);
  {
    const RunningReactor running(reactor);
    std::vector<std::thread> posters;
    for (int t = 0; t < kThreads; ++t) {
      posters.emplace_back([&, t] {
        for (int i = 0; i < kTasks; ++i) {
          reactor.Post([&, t, i] {
            seen[static_cast<std::size_t>(t)].push_back(i);
            done.count_down();
          });
        }
      });
    }
    for (std::thread& poster : posters) poster.join();
    done.wait();
  }
  for (const auto& order : seen) {
    ASSERT_EQ(order.size(), static_cast<std::size_t>(kTasks));
    for (int i = 0; i < kTasks; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  }
}

TEST(Reactor, DestroysTasksThatNeverRan) {
  auto held = std::make_shared<int>(1);
  {
    Reactor reactor(base::SystemClock::Get(), {});
    reactor.Post([copy = held] {});
    EXPECT_EQ(held.use_count(), 2);
    reactor.DiscardPosted();
    EXPECT_EQ(held.use_count(), 1);
    reactor.Post([copy = held] {});
  }
  EXPECT_EQ(held.use_count(), 1);
}

class TickCounter : public TickObserver {
 public:
  void EndTick() override { ++ticks_; }
  int ticks() const { return ticks_; }

 private:
  int ticks_ = 0;
};

TEST(Reactor, TicksOnlyWhenSomethingHappens) {
  Reactor reactor(base::SystemClock::Get(), {});
  TickCounter counter;
  reactor.AddObserver(counter);
  constexpr int kTasks = 50;
  {
    const RunningReactor running(reactor);
    for (int i = 0; i < kTasks; ++i) {
      std::latch done(1);
      reactor.Post([&] { done.count_down(); });
      done.wait();
    }
  }
  EXPECT_GE(counter.ticks(), kTasks);
  EXPECT_LE(counter.ticks(), 2 * kTasks + 2);
}

class TwoSinks : public TickObserver {
 public:
  class Sink : public EventSink {
   public:
    explicit Sink(TwoSinks& owner) : owner_(owner) {}
    void OnEvents(std::uint32_t /*events*/) override { owner_.OnSink(*this); }

   private:
    TwoSinks& owner_;
  };

  TwoSinks(Reactor& reactor, std::latch& done)
      : reactor_(reactor),
        done_(done),
        first_fd_(::eventfd(1, EFD_NONBLOCK)),
        second_fd_(::eventfd(1, EFD_NONBLOCK)) {
    reactor_.Watch(first_fd_.get(), EPOLLIN, first_);
    reactor_.Watch(second_fd_.get(), EPOLLIN, second_);
    reactor_.AddObserver(*this);
  }
  void OnSink(Sink& /*sink*/) {
    ++events_;
    reactor_.Unwatch(first_fd_.get(), first_);
    reactor_.Unwatch(second_fd_.get(), second_);
  }
  void EndTick() override {
    if (events_ > 0 && ++ticks_ == 1) {
      reactor_.RequestTick();
    } else if (ticks_ == 2) {
      done_.count_down();
      ticks_ = 3;
    }
  }
  int events() const { return events_; }

 private:
  Reactor& reactor_;
  std::latch& done_;
  UniqueFd first_fd_;
  UniqueFd second_fd_;
  Sink first_{*this};
  Sink second_{*this};
  int events_ = 0;
  int ticks_ = 0;
};

TEST(Reactor, HandsNoEventToASinkThatIsNoLongerWatched) {
  Reactor reactor(base::SystemClock::Get(), {});
  std::latch done(1);
  TwoSinks sinks(reactor, done);
  {
    const RunningReactor running(reactor);
    done.wait();
  }
  EXPECT_EQ(sinks.events(), 1);
}

class PulseCounter : public TickObserver {
 public:
  explicit PulseCounter(std::latch& done) : done_(done) {}
  void EndTick() override {}
  void OnPulse() override {
    if (++pulses_ == 3) done_.count_down();
  }
  int pulses() const { return pulses_; }

 private:
  std::latch& done_;
  int pulses_ = 0;
};

// Counts ticks, asks for another one 2 ms later, and stops after a few.
class Waker : public TickObserver {
 public:
  explicit Waker(Reactor& reactor) : reactor_(reactor) {}

  void EndTick() override {
    times.push_back(reactor_.now());
    if (times.size() == 4) return reactor_.Stop();
    asked = reactor_.now() + std::chrono::milliseconds(2);
    reactor_.WakeAt(asked);
    reactor_.WakeAt(asked + std::chrono::hours(1));  // the earliest wish counts
    if (times.size() == 1) reactor_.RequestTick();   // a tick in between fulfils no wish
  }

  std::vector<base::Instant> times;
  base::Instant asked{};

 private:
  Reactor& reactor_;
};

TEST(Reactor, WakesForAnObserverWithoutAnEvent) {
  Reactor reactor(base::SystemClock::Get(), {});
  Waker waker(reactor);
  reactor.AddObserver(waker);
  reactor.Post([] {});
  reactor.Run();
  ASSERT_EQ(waker.times.size(), 4U);
  EXPECT_GE(waker.times[3], waker.asked);
}

TEST(Reactor, PulsesWhileAPulseIsHeld) {
  Reactor reactor(base::SystemClock::Get(), {.pulse = std::chrono::milliseconds(2)});
  std::latch done(1);
  PulseCounter counter(done);
  reactor.AddObserver(counter);
  const RunningReactor running(reactor);
  reactor.Post([&] { reactor.HoldPulse(); });
  done.wait();
}

}  // namespace
}  // namespace moorage::net
