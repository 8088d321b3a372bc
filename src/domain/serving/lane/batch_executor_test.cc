#include "domain/serving/lane/batch_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "domain/serving/servable/testing/fake_shared_clock.h"

namespace moorage::lane {
namespace {

using base::Code;
using std::chrono::milliseconds;
using testing::ElementsAre;

class Executor : public testing::Test {
 protected:
  servable::ServableHandle Slow(const std::string& name = "slow") {
    return servable::MakeFakeServable(script_, {.name = name, .cost = servable::kExpensiveCost});
  }
  base::Instant In(base::Duration time) { return clock_.Monotonic() + time; }

  runtime::FakeScript script_;
  servable::FakeSharedClock clock_;
  servable::ServableHandle slow_ = Slow();
};

TEST_F(Executor, RunsWhatIsTooExpensiveForTheReactor) {
  LaneRig rig(clock_);
  KeptAnswer a;
  KeptAnswer b;
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, a);
  rig.Ask(slow_, {{0, 0, 0}, {0.5, 0.5, 0.5}}, b);
  rig.lane().EndTick();
  EXPECT_EQ(a.calls, 0);
  EXPECT_EQ(rig.lane().in_flight(), 2U);
  script_.AwaitRuns(1);
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_THAT(script_.batches(), ElementsAre(3U));
  EXPECT_THAT(Probabilities(a), ElementsAre(1.0));
  EXPECT_THAT(Probabilities(b), ElementsAre(0.0, 0.5));
  EXPECT_EQ(b.answer->batch_rows, 3U);
}

TEST_F(Executor, AFullBatchIsHandedOverBeforeTheTickEnds) {
  LaneRig rig(clock_, {.batch_size = 2});
  std::vector<KeptAnswer> kept(3);
  rig.Ask(slow_, {{1, 1, 1}}, kept[0]);
  rig.Ask(slow_, {{1, 1, 1}}, kept[1]);
  script_.AwaitRuns(1);
  rig.Ask(slow_, {{1, 1, 1}}, kept[2]);
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_THAT(script_.batches(), ElementsAre(2U, 1U));
  for (const KeptAnswer& answer : kept) EXPECT_TRUE(answer.ok());
}

// Two reactors whose lanes share one executor.
class TwoLanes : public Executor {
 protected:
  void Ask(InferenceLane& lane, const servable::ServableHandle& servable, std::vector<float> row,
           KeptAnswer& kept, base::Instant deadline = base::Instant::max()) {
    auto set = lane.OpenRows(servable);
    ASSERT_TRUE(set.ok());
    const auto target = set->Add();
    ASSERT_TRUE(target.ok());
    for (std::size_t i = 0; i < 3; ++i) {
      ASSERT_EQ(servable->layout->StoreDouble(*target, i, row[i]), nullptr);
    }
    lane.Submit(std::move(*set), {.deadline = deadline},
                [&kept](base::Result<InferAnswer> r) { kept.Keep(std::move(r)); });
    lane.EndTick();
  }

  void Drain(std::initializer_list<InferenceLane*> lanes) {
    executor_.reset();  // finishes what is queued
    for (InferenceLane* lane : lanes) lane->Collect();
  }

  std::unique_ptr<BatchExecutor> executor_ =
      std::make_unique<BatchExecutor>(BatchExecutor::Options{}, clock_);
  InferenceLane first_{{}, *executor_, clock_, [] {}};
  InferenceLane second_{{}, *executor_, clock_, [] {}};
};

TEST_F(TwoLanes, RowsOfSeveralReactorsShareARun) {
  script_.Block();
  KeptAnswer running;
  KeptAnswer a;
  KeptAnswer b;
  KeptAnswer c;
  Ask(first_, slow_, {1, 1, 1}, running);
  script_.AwaitRuns(1);
  Ask(first_, slow_, {0, 0, 0}, a);
  Ask(second_, slow_, {0.5, 0.5, 0.5}, b);
  Ask(second_, slow_, {1, 1, 1}, c);
  EXPECT_EQ(executor_->queued_rows(), 3U);
  script_.Release();
  Drain({&first_, &second_});
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 3U));
  EXPECT_THAT(Probabilities(running), ElementsAre(1.0));
  EXPECT_THAT(Probabilities(a), ElementsAre(0.0));
  EXPECT_THAT(Probabilities(b), ElementsAre(0.5));
  EXPECT_THAT(Probabilities(c), ElementsAre(1.0));
}

TEST_F(TwoLanes, ABadRequestOfAnotherReactorFailsAlone) {
  script_.FailOnFirstFeature(13);
  script_.Block();
  KeptAnswer running;
  KeptAnswer good;
  KeptAnswer bad;
  Ask(first_, slow_, {1, 1, 1}, running);
  script_.AwaitRuns(1);
  Ask(first_, slow_, {0, 0, 0}, good);
  Ask(second_, slow_, {13, 0, 0}, bad);
  script_.Release();
  Drain({&first_, &second_});
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 2U, 1U, 1U));
  EXPECT_THAT(Probabilities(good), ElementsAre(0.0));
  EXPECT_EQ(bad.error().code, Code::kInternal);
}

TEST_F(TwoLanes, ModelsTakeTurns) {
  const servable::ServableHandle other = Slow("other");
  script_.Block();
  std::vector<KeptAnswer> kept(4);
  Ask(first_, slow_, {1, 1, 1}, kept[0]);
  script_.AwaitRuns(1);
  Ask(first_, other, {0, 0, 0}, kept[1]);
  Ask(first_, slow_, {1, 1, 1}, kept[2]);
  Ask(second_, other, {1, 1, 1}, kept[3]);
  script_.Release();
  Drain({&first_, &second_});
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 2U, 1U));
  for (const KeptAnswer& answer : kept) EXPECT_TRUE(answer.ok());
}

TEST_F(TwoLanes, ALaneThatEndsIsAnsweredItselfAndTheOtherIsNotDisturbed) {
  script_.Block();
  KeptAnswer a;
  KeptAnswer b;
  auto ending =
      std::make_unique<InferenceLane>(InferenceLane::Options{}, *executor_, clock_, [] {});
  Ask(*ending, slow_, {1, 1, 1}, a);
  script_.AwaitRuns(1);
  Ask(second_, slow_, {1, 1, 1}, b);
  ending.reset();
  EXPECT_EQ(a.error().code, Code::kUnavailable);
  EXPECT_EQ(a.calls, 1);
  script_.Release();
  Drain({&second_});
  EXPECT_TRUE(b.ok());
  EXPECT_EQ(a.calls, 1);
}

TEST_F(TwoLanes, NothingHoldsTheVersionOnceItsAnswersAreOut) {
  const std::weak_ptr<const servable::Servable> watch = slow_;
  KeptAnswer a;
  Ask(first_, slow_, {1, 1, 1}, a);
  slow_.reset();
  EXPECT_FALSE(watch.expired());
  Drain({&first_});
  EXPECT_TRUE(a.ok());
  EXPECT_TRUE(watch.expired());
}

TEST_F(Executor, ARequestThatIsLateInTheQueueIsNotRun) {
  LaneRig rig(clock_);
  KeptAnswer running;
  KeptAnswer late;
  KeptAnswer patient;
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, running);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  rig.Ask(slow_, {{1, 1, 1}}, late, {.deadline = In(milliseconds(100))});
  rig.Ask(slow_, {{0, 0, 0}}, patient);
  rig.lane().EndTick();
  clock_.Advance(milliseconds(101));
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 1U));
  EXPECT_TRUE(running.ok());
  EXPECT_THAT(Probabilities(patient), ElementsAre(0.0));
  EXPECT_EQ(late.error().code, Code::kDeadline);
  // Who finds it late says where it was then, the lane or the executor.
  EXPECT_THAT(late.error().message, testing::StartsWith("predict slow: the deadline passed"));
}

TEST_F(Executor, ARunWhoseRequestsAreAllLateIsTerminated) {
  LaneRig rig(clock_);
  KeptAnswer a;
  KeptAnswer b;
  script_.Block();  // never released, so that only Terminate() ends the run
  rig.Ask(slow_, {{1, 1, 1}}, a, {.deadline = In(milliseconds(100))});
  rig.Ask(slow_, {{1, 1, 1}}, b, {.deadline = In(milliseconds(200))});
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  clock_.Advance(milliseconds(201));
  rig.CollectUntilIdle();
  EXPECT_THAT(script_.batches(), ElementsAre(2U));
  EXPECT_EQ(a.error().code, Code::kDeadline);
  EXPECT_EQ(b.error().code, Code::kDeadline);
}

TEST_F(Executor, ARunGoesOnWhileOneOfItsRequestsHasTime) {
  LaneRig rig(clock_);
  KeptAnswer late;
  KeptAnswer in_time;
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, late, {.deadline = In(milliseconds(100))});
  rig.Ask(slow_, {{1, 1, 1}}, in_time);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  clock_.Advance(milliseconds(150));
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_TRUE(late.ok());  // a late answer is better than an error
  EXPECT_TRUE(in_time.ok());
}

TEST_F(Executor, AFullQueueRefuses) {
  LaneRig rig(clock_, {}, {.threads = 1, .max_queued_rows = 2});
  std::vector<KeptAnswer> kept(4);
  script_.Block();
  rig.Ask(slow_, {{1, 1, 1}}, kept[0]);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  rig.Ask(slow_, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}, kept[1]);  // larger than the bound, but first
  rig.lane().EndTick();
  rig.Ask(slow_, {{1, 1, 1}}, kept[2]);
  rig.lane().EndTick();
  ASSERT_EQ(kept[2].calls, 1);
  EXPECT_EQ(kept[2].error().code, Code::kExhausted);
  EXPECT_EQ(kept[2].error().message, "predict slow: 3 rows are queued (limit 2)");
  script_.Release();
  rig.CollectUntilIdle();
  EXPECT_TRUE(kept[0].ok() && kept[1].ok());
  rig.Ask(slow_, {{1, 1, 1}}, kept[3]);
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  EXPECT_TRUE(kept[3].ok());
}

TEST_F(Executor, ThePredictedWaitCountsWhatIsQueuedAndRunning) {
  LaneRig rig(clock_);
  KeptAnswer running;
  KeptAnswer queued;
  script_.Block();
  const auto wait = [&] { return *rig.executor().PredictWait(*slow_, 0, 1, 32); };
  EXPECT_EQ(wait(), milliseconds(10));
  rig.Ask(slow_, {{1, 1, 1}}, running);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  EXPECT_EQ(wait(), milliseconds(20));
  rig.Ask(slow_, {{1, 1, 1}}, queued);
  rig.lane().EndTick();
  EXPECT_EQ(wait(), milliseconds(20)) << "it shares the run of the one that is queued";
  clock_.Advance(milliseconds(4));
  EXPECT_EQ(wait(), milliseconds(16));
  script_.Release();
  rig.CollectUntilIdle();
}

TEST_F(Executor, GivingUpAnswersWhatIsQueuedAtOnceAndStopsARunWithoutADeadline) {
  LaneRig rig(clock_);
  KeptAnswer running;
  KeptAnswer queued;
  KeptAnswer later;
  script_.Block();  // never released
  rig.Ask(slow_, {{1, 1, 1}}, running);
  rig.lane().EndTick();
  script_.AwaitRuns(1);
  rig.Ask(slow_, {{1, 1, 1}}, queued);
  rig.lane().EndTick();
  rig.executor().GiveUp();
  rig.CollectUntilIdle();
  EXPECT_EQ(running.error().code, Code::kUnavailable);
  EXPECT_EQ(queued.error().code, Code::kUnavailable);
  EXPECT_THAT(script_.batches(), ElementsAre(1U));
  rig.Ask(slow_, {{1, 1, 1}}, later);
  rig.lane().EndTick();
  EXPECT_EQ(later.error().code, Code::kUnavailable);
}

// With one of two threads busy, the other must not wait for the end of what the first took.
TEST_F(Executor, TheRequestsOfATickAreSpreadOverThreads) {
  LaneRig rig(clock_, {.batch_size = 2}, {.threads = 2});
  std::vector<KeptAnswer> kept(4);
  script_.Block();
  for (KeptAnswer& answer : kept) rig.Ask(slow_, {{1, 1, 1}}, answer);
  rig.lane().EndTick();
  script_.AwaitRuns(2);
  EXPECT_THAT(script_.batches(), ElementsAre(2U, 2U));
  script_.Release();
  rig.CollectUntilIdle();
}

TEST_F(Executor, ModelsWhoseRequestsRunAloneUseEveryThreadToo) {
  const servable::ServableHandle alone = servable::MakeFakeServable(
      script_, {.name = "alone", .batchable = false, .cost = servable::kExpensiveCost});
  LaneRig rig(clock_, {}, {.threads = 3});
  std::vector<KeptAnswer> kept(3);
  script_.Block();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const double value = static_cast<double>(i) / 4;
    rig.Ask(alone, {{value, value, value}}, kept[i]);
  }
  rig.lane().EndTick();
  script_.AwaitRuns(3);
  script_.Release();
  rig.CollectUntilIdle();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_THAT(Probabilities(kept[i]), ElementsAre(static_cast<double>(i) / 4));
  }
}

TEST_F(Executor, ManyThreadsAnswerEveryRequestOnce) {
  LaneRig rig(clock_, {.batch_size = 4, .max_concurrent_requests = 1000},
              {.threads = 4, .max_queued_rows = 10000});
  const servable::ServableHandle other = Slow("other");
  std::vector<KeptAnswer> kept(400);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const double value = static_cast<double>(i % 64) / 64;
    rig.Ask(i % 3 == 0 ? other : slow_, {{value, value, value}}, kept[i]);
    if (i % 7 == 0) rig.lane().EndTick();
    if (i % 5 == 0) rig.lane().Collect();
  }
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    ASSERT_EQ(kept[i].calls, 1);
    ASSERT_THAT(Probabilities(kept[i]), ElementsAre(static_cast<double>(i % 64) / 64));
  }
}

}  // namespace
}  // namespace moorage::lane
