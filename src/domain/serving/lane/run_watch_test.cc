#include "domain/serving/lane/run_watch.h"

#include <gtest/gtest.h>

#include <thread>

#include "domain/serving/servable/testing/fake_shared_clock.h"

namespace moorage::lane {
namespace {

using base::Instant;
using std::chrono::milliseconds;

class CountingControl : public runtime::RunControl {
 public:
  void Terminate() override { ++stops; }
  int stops = 0;
};

class RunWatchTest : public testing::Test {
 protected:
  static Instant At(int ms) { return Instant(milliseconds(ms)); }

  servable::FakeSharedClock clock_;
  RunWatch watch_{clock_};
};

TEST_F(RunWatchTest, StopsARunOnceAndNotBeforeItIsLate) {
  CountingControl control;
  const RunWatch::Run run(watch_, {.control = &control, .give_up = At(100)});
  EXPECT_EQ(watch_.StopLate(At(100)), At(100));
  EXPECT_EQ(control.stops, 0);
  EXPECT_EQ(watch_.StopLate(At(101)), Instant::max());
  EXPECT_EQ(watch_.StopLate(At(102)), Instant::max());
  EXPECT_EQ(control.stops, 1);
}

TEST_F(RunWatchTest, KnowsWhichRunIsTheNextToBeLate) {
  CountingControl early;
  CountingControl late;
  const RunWatch::Run first(watch_, {.control = &late, .give_up = At(300)});
  const RunWatch::Run second(watch_, {.control = &early, .give_up = At(200)});
  const RunWatch::Run endless(watch_, {});
  EXPECT_EQ(watch_.StopLate(At(1)), At(200));
  EXPECT_EQ(watch_.StopLate(At(250)), At(300));
  EXPECT_EQ(early.stops, 1);
  EXPECT_EQ(late.stops, 0);
}

TEST_F(RunWatchTest, LeavesARunAloneThatIsOver) {
  CountingControl control;
  {
    const RunWatch::Run run(watch_, {.control = &control, .give_up = At(100)});
  }
  EXPECT_EQ(watch_.StopLate(At(1000)), Instant::max());
  watch_.GiveUp();
  EXPECT_EQ(control.stops, 0);
}

TEST_F(RunWatchTest, AddsUpWhatRemainsOfTheRunsThatToldTheirEnd) {
  const RunWatch::Run first(watch_, {.expected_end = At(110)});
  const RunWatch::Run second(watch_, {.expected_end = At(130)});
  const RunWatch::Run silent(watch_, {});
  EXPECT_EQ(watch_.Remaining(At(100)), milliseconds(40));
  EXPECT_EQ(watch_.Remaining(At(120)), milliseconds(10));
  EXPECT_EQ(watch_.Remaining(At(140)), milliseconds(0));
}

TEST_F(RunWatchTest, GivingUpStopsEveryRun) {
  CountingControl control;
  const RunWatch::Run run(watch_, {.control = &control, .give_up = At(100)});
  EXPECT_FALSE(watch_.giving_up());
  watch_.GiveUp();
  EXPECT_TRUE(watch_.giving_up());
  EXPECT_EQ(control.stops, 1);
}

TEST_F(RunWatchTest, ARunThatBeginsAfterGivingUpIsStoppedToo) {
  watch_.GiveUp();
  CountingControl control;
  const RunWatch::Run run(watch_, {.control = &control});
  EXPECT_EQ(control.stops, 1);
}

TEST_F(RunWatchTest, ARunIsStoppedWhenTheLastOfItsRequestsIsAbandoned) {
  const auto work = [] { return WorkFunction([](WorkRun&) { return base::Status(); }); };
  QueuedRequest first(nullptr, {}, work());
  QueuedRequest second(nullptr, {}, work());
  QueuedRequest* const requests[] = {&first, &second};
  CountingControl control;
  const RunWatch::Run run(watch_, {.control = &control, .requests = requests});
  first.Abandon(base::CancelReason::kClientGone);
  watch_.StopUnwanted();
  EXPECT_EQ(control.stops, 0);
  second.Abandon(base::CancelReason::kDeadline);
  watch_.StopUnwanted();
  EXPECT_EQ(control.stops, 1);
  CountingControl later;
  const RunWatch::Run begun_later(watch_, {.control = &later, .requests = requests});
  EXPECT_EQ(later.stops, 1);
}

TEST_F(RunWatchTest, TheWatchdogEndsWhenItIsToldTo) {
  std::thread watchdog([this] { watch_.Watch(); });
  CountingControl control;
  const RunWatch::Run run(watch_, {.control = &control, .give_up = Instant::max()});
  watch_.Stop();
  watchdog.join();
  EXPECT_EQ(control.stops, 0);
}

}  // namespace
}  // namespace moorage::lane
