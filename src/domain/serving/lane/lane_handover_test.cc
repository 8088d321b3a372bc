#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "domain/serving/lane/lane_state.h"
#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/servable/testing/fake_echo_session.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "domain/serving/servable/testing/fake_shared_clock.h"

// Tests what a lane does with requests that the executor has.
namespace moorage::lane {
namespace {

using base::Code;
using std::chrono::milliseconds;
using testing::ElementsAre;

class HandOver : public testing::Test {
 protected:
  base::Instant In(base::Duration time) { return clock_.Monotonic() + time; }

  runtime::FakeScript script_;
  servable::FakeSharedClock clock_;
  servable::ServableHandle slow_ =
      servable::MakeFakeServable(script_, {.name = "slow", .cost = servable::kExpensiveCost});
};

TEST_F(HandOver, AQueuedRequestIsAnsweredAtItsDeadlineAndNotLater) {
  LaneRig rig(clock_);
  KeptAnswer running;
  KeptAnswer late;
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, running);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  EXPECT_EQ(rig.lane().NextDeadline(), base::Instant::max());
  rig.Ask(slow_, {{1, 1, 1}}, late, {.deadline = In(milliseconds(100))});
  rig.lane().EndTick();
  EXPECT_EQ(rig.lane().NextDeadline(), In(milliseconds(100)));
  clock_.Advance(milliseconds(101));
  rig.lane().EndTick();
  ASSERT_EQ(late.calls, 1) << "the run before it goes on";
  EXPECT_EQ(late.error().message,
            "predict slow: the deadline passed before the run began, after 101ms in the queue");
  EXPECT_EQ(rig.executor().queued_requests(), 0U);
  EXPECT_EQ(rig.lane().in_flight(), 1U);
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_TRUE(running.ok());
  EXPECT_THAT(script_.batches(), ElementsAre(1U));
}

TEST_F(HandOver, ARunningRequestIsAnsweredAtItsDeadlineAndItsRunIsTerminated) {
  LaneRig rig(clock_);
  KeptAnswer late;
  script_.Block();  // never released
  rig.Ask(slow_, {{1, 1, 1}}, late, {.deadline = In(milliseconds(100))});
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  clock_.Advance(milliseconds(101));
  rig.lane().EndTick();
  ASSERT_EQ(late.calls, 1);
  EXPECT_EQ(late.error().code, Code::kDeadline);
  EXPECT_EQ(late.error().message, "predict slow: the deadline passed during the run, after 101ms");
  EXPECT_EQ(rig.lane().in_flight(), 0U);
  rig.AwaitWake();
  rig.lane().Collect();
  EXPECT_EQ(late.calls, 1) << "what comes later is dropped";
}

TEST_F(HandOver, AClientThatHasGoneTakesItsQueuedRequestOutAndFreesItsPlace) {
  LaneRig rig(clock_, {.max_concurrent_requests = 2});
  KeptAnswer running;
  KeptAnswer gone;
  KeptAnswer next;
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, running);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  const std::uint64_t ticket = rig.lane().NewTicket();
  rig.Ask(slow_, {{1, 1, 1}}, gone, {.ticket = ticket});
  rig.lane().EndTick();
  rig.lane().Cancel(ticket);
  rig.lane().Cancel(ticket);
  rig.lane().EndTick();
  EXPECT_EQ(gone.calls, 1);
  EXPECT_EQ(gone.error().code, Code::kCancelled);
  EXPECT_EQ(rig.executor().queued_requests(), 0U);
  rig.Ask(slow_, {{0, 0, 0}}, next);
  rig.lane().EndTick();
  EXPECT_EQ(next.calls, 0) << "its place was free";
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_TRUE(running.ok() && next.ok());
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 1U));
}

TEST_F(HandOver, ARunIsTerminatedWhenItsLastClientHasGone) {
  LaneRig rig(clock_, {.max_concurrent_requests = 2});
  KeptAnswer a;
  KeptAnswer b;
  const std::uint64_t first = rig.lane().NewTicket();
  const std::uint64_t second = rig.lane().NewTicket();
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, a, {.ticket = first});
  rig.Ask(slow_, {{1, 1, 1}}, b, {.ticket = second});
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  rig.lane().Cancel(first);
  rig.lane().EndTick();
  EXPECT_EQ(a.calls, 1);
  // The run goes on for the other, so another model's request would still wait.
  EXPECT_EQ(rig.lane().in_flight(), 1U);
  rig.lane().Cancel(second);
  rig.lane().EndTick();
  EXPECT_EQ(rig.lane().in_flight(), 0U);
  // Never released. The thread is free for the next, because the run has ended.
  script_.Release();
  KeptAnswer next;
  rig.Ask(slow_, {{0, 0, 0}}, next);
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_TRUE(next.ok());
}

TEST_F(HandOver, WorkOfAnotherRoomIsAnsweredOnceOnItsLane) {
  LaneRig rig(clock_);
  KeptAnswer done;
  KeptAnswer failed;
  std::thread::id where;
  rig.lane().SubmitWork(
      slow_, {}, milliseconds(1),
      [&where](WorkRun& run) {
        where = std::this_thread::get_id();
        return run.Wanted();
      },
      [&done](base::Result<InferAnswer> result) { done.Keep(std::move(result)); });
  rig.lane().SubmitWork(
      nullptr, {}, milliseconds(1),
      [](WorkRun&) -> base::Status { return base::Error{Code::kInvalid, "not readable"}; },
      [&failed](base::Result<InferAnswer> result) { failed.Keep(std::move(result)); });
  EXPECT_EQ(rig.lane().in_flight(), 2U);
  rig.CollectUntilIdle();
  EXPECT_TRUE(done.ok());
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_EQ(failed.error().message, "not readable");
}

TEST_F(HandOver, TheRestOfARequestKeepsItsPlace) {
  LaneRig rig(clock_, {.max_concurrent_requests = 1});
  KeptAnswer rest;
  KeptAnswer other;
  auto rows = rig.lane().OpenRows(slow_);
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(rows->Add().ok());
  rig.lane().Submit(std::move(*rows), {.client = 1}, [&](const base::Result<InferAnswer>& run) {
    ASSERT_TRUE(run.ok());
    rig.lane().SubmitWork(
        slow_, {.client = 1, .is_rest = true}, milliseconds(1),
        [](WorkRun& work) { return work.Wanted(); },
        [&rest](base::Result<InferAnswer> result) { rest.Keep(std::move(result)); });
    EXPECT_FALSE(rig.lane().OpenRows(slow_).ok()) << "the only place is taken";
  });
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_TRUE(rest.ok());
  rig.Ask(slow_, {{1, 1, 1}}, other);
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_TRUE(other.ok());
}

TEST_F(HandOver, WorkIsAnsweredAtItsDeadlineWhileItRuns) {
  LaneRig rig(clock_);
  KeptAnswer late;
  script_.Block();
  rig.lane().SubmitWork(
      slow_, {.deadline = In(milliseconds(100))}, milliseconds(1),
      [this](WorkRun& run) -> base::Status {
        servable::RowBuffers rows(
            servable::RowForm::Of(slow_->session->signature(), *slow_->layout));
        rows.AddZero();
        RETURN_IF_ERROR(run.RunRows(rows, {}));
        return {};
      },
      [&late](base::Result<InferAnswer> result) { late.Keep(std::move(result)); });
  script_.AwaitRuns(1);
  clock_.Advance(milliseconds(101));
  rig.lane().EndTick();
  EXPECT_EQ(late.error().code, Code::kDeadline);
  rig.AwaitWake();
  rig.lane().Collect();
  EXPECT_EQ(late.calls, 1);
}

TEST_F(HandOver, LanesShareTheBoundOfRequestsInFlight) {
  Admission admission({.max_requests = 3});
  BatchExecutor executor({}, clock_);
  InferenceLane first({.admission = &admission}, executor, clock_, [] {});
  InferenceLane second({.admission = &admission}, executor, clock_, [] {});
  std::vector<RowSet> open;
  for (int i = 0; i < 3; ++i) {
    auto rows = first.OpenRows(slow_);
    ASSERT_TRUE(rows.ok());
    open.push_back(*std::move(rows));
  }
  EXPECT_EQ(second.OpenRows(slow_).error().message,
            "predict slow: too many requests in flight (limit 3)");
  open.pop_back();
  EXPECT_TRUE(second.OpenRows(slow_).ok());
}

TEST_F(HandOver, OneClientLeavesRoomForAnother) {
  LaneRig rig(clock_, {.max_concurrent_requests = 4});
  std::vector<KeptAnswer> greedy(4);
  KeptAnswer other;
  KeptAnswer more;
  script_.Block();
  for (KeptAnswer& kept : greedy) rig.Ask(slow_, {{1, 1, 1}}, kept, {.client = 1});
  rig.lane().EndTick();
  EXPECT_EQ(greedy[2].calls, 0);
  EXPECT_EQ(greedy[3].error().message,
            "predict slow: too many requests of one client in flight (its share is 3 of 4)");
  rig.Ask(slow_, {{1, 1, 1}}, other, {.client = 2});
  rig.lane().EndTick();
  EXPECT_EQ(other.calls, 0);
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_TRUE(other.ok());
  rig.Ask(slow_, {{1, 1, 1}}, more, {.client = 1});
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_TRUE(more.ok());
}

TEST_F(HandOver, RowsThatMemoryDoesNotHoldAreRefusedWhileTheyAreDecoded) {
  base::MemoryBudget memory(700);
  Admission admission({.memory = &memory});
  LaneRig rig(clock_, {.admission = &admission});
  KeptAnswer refused;
  KeptAnswer fits;
  {
    const auto others = memory.Take(200, base::MemoryPurpose::kInput);
    rig.Ask(slow_, std::vector<LaneRig::Row>(40, {1, 1, 1}), refused);  // 12 bytes each
  }
  EXPECT_EQ(refused.error().code, Code::kExhausted);
  rig.Ask(slow_, {{1, 1, 1}}, fits);
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_TRUE(fits.ok());
}

TEST_F(HandOver, TheTextOfARowIsChargedUntilItsBatchIsOver) {
  auto session = std::make_unique<servable::FakeEchoSession>();
  const model::Manifest manifest = servable::EchoManifest(session->signature());
  const servable::ServableHandle echo = servable::MakeFakeServable(std::move(session), manifest);
  base::MemoryBudget memory(std::size_t{1} << 20);
  Admission admission({.memory = &memory});
  LaneRig rig(clock_, {.admission = &admission});
  const auto ask = [&](std::size_t length, KeptAnswer& kept) {
    auto set = rig.lane().OpenRows(echo);
    const auto row = set->Add();
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(echo->layout->StoreDouble(*row, i, 1), nullptr);
    EXPECT_EQ(echo->layout->StoreString(*row, 2, std::string(length, 'x')), nullptr);
    rig.lane().Submit(std::move(*set), {},
                      [&kept](base::Result<InferAnswer> result) { kept.Keep(std::move(result)); });
  };
  KeptAnswer fits;
  KeptAnswer refused;
  ask(500'000, fits);
  EXPECT_GE(memory.used(base::MemoryPurpose::kRows), 500'000U);
  ask(700'000, refused);
  rig.lane().EndTick();
  EXPECT_TRUE(fits.ok());
  EXPECT_EQ(refused.error().code, Code::kExhausted);
  EXPECT_LT(memory.used(), 100'000U);
  EXPECT_EQ(rig.lane().in_flight(), 0U);
}

// A run that cannot be stopped outlasts the drain. Its client is answered anyway.
TEST_F(HandOver, WhatRunsWhenTheProcessEndsIsAnsweredThoughItGoesOn) {
  LaneRig rig(clock_);
  KeptAnswer running;
  std::atomic<bool> begun{false};
  std::atomic<bool> go_on{false};
  rig.lane().SubmitWork(
      nullptr, {}, milliseconds(1),
      [&](WorkRun&) {
        begun = true;
        begun.notify_all();
        go_on.wait(false);
        return base::Status();
      },
      [&running](base::Result<InferAnswer> result) { running.Keep(std::move(result)); });
  begun.wait(false);
  rig.executor().GiveUp();
  rig.lane().EndTick();
  EXPECT_EQ(running.calls, 1);
  EXPECT_EQ(running.error().code, Code::kUnavailable);
  go_on = true;
  go_on.notify_all();
}

}  // namespace
}  // namespace moorage::lane
