#include "domain/serving/lane/lane_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "domain/serving/servable/testing/fake_shared_clock.h"
#include "domain/serving/servable/testing/fake_timed_session.h"

// Tests whether a lane runs, hands over or refuses at the end of a tick.
namespace moorage::lane {
namespace {

using base::Code;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::ElementsAre;

class LaneState : public testing::Test {
 protected:
  base::Instant In(base::Duration time) { return clock_.Monotonic() + time; }

  runtime::FakeScript script_;
  servable::FakeSharedClock clock_;
  servable::ServableHandle cheap_ = servable::MakeFakeServable(script_);
  servable::ServableHandle slow_ =
      servable::MakeFakeServable(script_, {.name = "slow", .cost = servable::kExpensiveCost});
};

TEST_F(LaneState, ASlotKnowsTheFormOfItsRows) {
  const LaneSlot slot(cheap_);
  ASSERT_EQ(slot.form.inputs.size(), 1U);
  EXPECT_EQ(slot.form.inputs[0].shape, (model::Shape{1, 3}));
  EXPECT_EQ(slot.form.inputs[0].bytes, 12U);
}

TEST_F(LaneState, ADeadlineThatPassedBeforeTheRunIsAnsweredWithoutIt) {
  LaneRig rig(clock_);
  KeptAnswer early;
  KeptAnswer late;
  KeptAnswer last;
  rig.Ask(cheap_, {{1, 1, 1}}, early);
  rig.Ask(cheap_, {{1, 1, 1}}, late,
          {.deadline = clock_.Monotonic() + std::chrono::milliseconds(5)});
  rig.Ask(cheap_, {{0, 0, 0}}, last);
  clock_.Advance(std::chrono::milliseconds(6));
  rig.lane().EndTick();
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 1U));
  EXPECT_TRUE(early.ok());
  EXPECT_THAT(Probabilities(last), ElementsAre(0.0));
  EXPECT_EQ(late.error().code, Code::kDeadline);
  EXPECT_EQ(early.answer->queued, std::chrono::milliseconds(6));
}

TEST_F(LaneState, ARequestThatWouldBeLateIsRefusedAtOnce) {
  LaneRig rig(clock_);
  KeptAnswer hopeless;
  KeptAnswer patient;
  rig.Ask(slow_, {{1, 1, 1}}, hopeless, {.deadline = In(milliseconds(9))});
  rig.Ask(slow_, {{0, 0, 0}}, patient, {.deadline = In(milliseconds(11))});
  rig.lane().EndTick();
  ASSERT_EQ(hopeless.calls, 1);
  EXPECT_EQ(hopeless.error().code, Code::kExhausted);
  EXPECT_EQ(hopeless.error().message,
            "predict slow: the predicted wait of 10ms exceeds the request's deadline");
  rig.CollectUntilIdle();
  EXPECT_THAT(Probabilities(patient), ElementsAre(0.0));
  EXPECT_THAT(script_.batches(), ElementsAre(1U));
}

// Remembers where runs took place.
class PlaceObserver : public LaneObserver {
 public:
  void OnRun(const Run& run) override { places.push_back(run.place); }
  void OnRejected(const servable::Servable& /*servable*/, Rejection /*reason*/,
                  std::size_t /*requests*/) override {}

  std::vector<RunPlace> places;
};

TEST(InlineBudget, WhatATickCannotAffordGoesToTheExecutor) {
  const servable::FakeSharedClock clock(microseconds(100));  // every run takes 100 us
  runtime::FakeScript script;
  PlaceObserver observer;
  LaneRig rig(clock, {.observer = &observer});
  const servable::RunCost cost{.fixed = microseconds(100), .per_row = {}};
  std::vector<servable::ServableHandle> models;
  std::vector<KeptAnswer> kept(3);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    models.push_back(servable::MakeFakeServable(script, {.cost = cost}));
    rig.Ask(models[i], {{1, 1, 1}}, kept[i]);
  }
  rig.lane().EndTick();
  EXPECT_TRUE(kept[0].ok() && kept[1].ok());
  EXPECT_EQ(kept[2].calls, 0);
  rig.CollectUntilIdle();
  EXPECT_TRUE(kept[2].ok());
  EXPECT_THAT(observer.places,
              ElementsAre(RunPlace::kInline, RunPlace::kInline, RunPlace::kExecutor));
}

TEST(InlineBudget, AModelThatTurnsOutExpensiveLeavesTheReactor) {
  const servable::FakeSharedClock clock(milliseconds(1));  // every run takes 1 ms
  runtime::FakeScript script;
  PlaceObserver observer;
  LaneRig rig(clock, {.observer = &observer});
  const servable::ServableHandle liar =
      servable::MakeFakeServable(script, {.cost = {.fixed = microseconds(10), .per_row = {}}});
  std::vector<KeptAnswer> kept(100);
  for (KeptAnswer& answer : kept) {
    rig.Ask(liar, {{1, 1, 1}}, answer);
    rig.lane().EndTick();
    rig.CollectUntilIdle();
    ASSERT_TRUE(answer.ok());
  }
  EXPECT_EQ(observer.places.front(), RunPlace::kInline);
  EXPECT_EQ(observer.places.back(), RunPlace::kExecutor);
}

// A run of more than 10 ms has kept every client of the reactor waiting, and once is enough.
TEST(InlineBudget, OneRunThatTookFarTooLongSendsTheNextOneAway) {
  servable::FakeSharedClock clock;
  runtime::FakeScript script;
  PlaceObserver observer;
  LaneRig rig(clock, {.observer = &observer});
  const servable::FakeTimedSession::Time time{.fixed = milliseconds(11), .per_row = {}};
  const servable::ServableHandle liar = servable::MakeFakeServable(
      std::make_unique<servable::FakeTimedSession>(script, clock, time), servable::FakeManifest(),
      {.cost = {.fixed = microseconds(10), .per_row = {}}});
  for (int tick = 0; tick < 2; ++tick) {
    KeptAnswer answer;
    rig.Ask(liar, {{1, 1, 1}}, answer);
    rig.lane().EndTick();
    rig.CollectUntilIdle();
    EXPECT_TRUE(answer.ok());
  }
  EXPECT_THAT(observer.places, ElementsAre(RunPlace::kInline, RunPlace::kExecutor));
}

// Time passes, but the thread that asks has no processor.
class PreemptedClock : public servable::FakeSharedClock {
 public:
  base::Duration ThreadTime() const override { return {}; }
};

TEST(InlineBudget, AReactorThatLostTheProcessorSendsOneRunAway) {
  PreemptedClock clock;
  runtime::FakeScript script;
  PlaceObserver observer;
  LaneRig rig(clock, {.observer = &observer});
  const servable::FakeTimedSession::Time time{.fixed = milliseconds(11), .per_row = {}};
  const servable::ServableHandle model = servable::MakeFakeServable(
      std::make_unique<servable::FakeTimedSession>(script, clock, time), servable::FakeManifest(),
      {.cost = {.fixed = microseconds(10), .per_row = {}}});
  for (int tick = 0; tick < 3; ++tick) {
    KeptAnswer answer;
    rig.Ask(model, {{1, 1, 1}}, answer);
    rig.lane().EndTick();
    rig.CollectUntilIdle();
    EXPECT_TRUE(answer.ok());
  }
  EXPECT_THAT(observer.places,
              ElementsAre(RunPlace::kInline, RunPlace::kExecutor, RunPlace::kInline));
}

// A model whose run may take any time, as the values of its input have it.
class DataDependent : public LaneState {
 protected:
  servable::ServableHandle Timed(base::Duration time) {
    return servable::MakeFakeServable(
        std::make_unique<servable::FakeTimedSession>(
            script_, clock_, servable::FakeTimedSession::Time{.fixed = time, .per_row = {}}),
        servable::FakeManifest(),
        {.cost = {.fixed = microseconds(10), .per_row = {}}, .data_dependent = true});
  }
  void AskOnce(LaneRig& rig, const servable::ServableHandle& model) {
    KeptAnswer answer;
    rig.Ask(model, {{1, 1, 1}}, answer);
    rig.lane().EndTick();
    rig.CollectUntilIdle();
    EXPECT_TRUE(answer.ok());
  }

  PlaceObserver observer_;
};

TEST_F(DataDependent, ARunThatDoesNotEndOnTheReactorGoesOnElsewhere) {
  LaneRig rig(base::SystemClock::Get(), {.observer = &observer_});
  const servable::ServableHandle model = servable::MakeFakeServable(
      script_, {.cost = {.fixed = microseconds(10), .per_row = {}}, .data_dependent = true});
  KeptAnswer answer;
  script_.Block();
  rig.Ask(model, {{1, 1, 1}}, answer);
  rig.lane().EndTick();  // returns, although the run would not
  EXPECT_EQ(answer.calls, 0);
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_THAT(Probabilities(answer), ElementsAre(1.0));
  EXPECT_THAT(observer_.places, ElementsAre(RunPlace::kExecutor));
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 1U));
}

TEST_F(DataDependent, CheapRunsDoNotMakeItCheapAgain) {
  LaneRig rig(clock_, {.observer = &observer_});
  const servable::ServableHandle model = servable::MakeFakeServable(
      std::make_unique<runtime::FakeSession>(script_, 3), servable::FakeManifest(),
      {.cost = {.fixed = microseconds(10), .per_row = {}}, .data_dependent = true});
  AskOnce(rig, model);
  model->board->Report(1000, clock_.Monotonic());
  for (int run = 0; run < 300; ++run) AskOnce(rig, model);
  EXPECT_EQ(observer_.places.front(), RunPlace::kInline);
  observer_.places.erase(observer_.places.begin());
  EXPECT_THAT(observer_.places, testing::Each(RunPlace::kExecutor));
  clock_.Advance(std::chrono::minutes(20));
  AskOnce(rig, model);
  EXPECT_EQ(observer_.places.back(), RunPlace::kInline) << "a long time later it is tried again";
}

TEST_F(DataDependent, WhatOneReactorHasSeenNoOtherHasToSuffer) {
  LaneRig first(clock_, {.observer = &observer_});
  LaneRig second(clock_, {.observer = &observer_});
  const servable::ServableHandle model = Timed(milliseconds(1));
  AskOnce(second, servable::MakeFakeServable(script_));
  AskOnce(first, model);
  AskOnce(second, model);
  EXPECT_THAT(observer_.places,
              ElementsAre(RunPlace::kInline, RunPlace::kInline, RunPlace::kExecutor));
}

TEST_F(DataDependent, AStaticModelThatHeldUpOneReactorIsKnownToTheOthersToo) {
  LaneRig first(clock_, {.observer = &observer_});
  LaneRig second(clock_, {.observer = &observer_});
  const servable::FakeTimedSession::Time time{.fixed = milliseconds(5), .per_row = {}};
  const servable::ServableHandle liar = servable::MakeFakeServable(
      std::make_unique<servable::FakeTimedSession>(script_, clock_, time), servable::FakeManifest(),
      {.cost = {.fixed = microseconds(10), .per_row = {}}});
  AskOnce(first, liar);
  AskOnce(second, liar);
  EXPECT_THAT(observer_.places, ElementsAre(RunPlace::kInline, RunPlace::kExecutor));
}

TEST_F(DataDependent, ALargeTensorOfFewRowsIsNoCheapRun) {
  LaneRig rig(clock_, {.observer = &observer_});
  auto model = servable::MakeFakeServable(
      script_, {.cost = {.fixed = microseconds(10), .per_row = microseconds(10)}});
  model->probe.costs = {{.rows = 1, .elements = 3, .time = microseconds(20)}};
  KeptAnswer usual;
  KeptAnswer large;
  const auto ask = [&](std::int64_t width, KeptAnswer& kept) {
    std::vector<model::Tensor> tensors(1);
    tensors[0].shape = {1, width};
    tensors[0].bytes.resize(static_cast<std::size_t>(width) * sizeof(float));
    rig.lane().SubmitTensors(
        model, std::move(tensors), {},
        [&kept](base::Result<InferAnswer> result) { kept.Keep(std::move(result)); });
    rig.lane().EndTick();
  };
  ask(3, usual);
  EXPECT_EQ(usual.calls, 1);
  ask(300, large);  // the fake refuses it, on the executor
  EXPECT_EQ(large.calls, 0);
  rig.CollectUntilIdle();
  EXPECT_EQ(large.error().code, Code::kInvalid);
}

}  // namespace
}  // namespace moorage::lane
