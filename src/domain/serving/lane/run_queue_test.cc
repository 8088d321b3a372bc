#include "domain/serving/lane/run_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::lane {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class RunQueueTest : public testing::Test {
 protected:
  // A request of one client with so many rows, a batch of eight at most.
  static std::unique_ptr<QueuedRequest> Request(const servable::ServableHandle& servable,
                                                std::size_t rows, std::uint64_t client = 0,
                                                base::Instant deadline = base::Instant::max()) {
    auto batch = std::make_shared<BatchData>(
        servable::RowForm::Of(servable->session->signature(), *servable->layout));
    batch->servable = servable;
    batch->predictions = true;
    for (std::size_t i = 0; i < rows; ++i) batch->rows.AddZero();
    auto request = std::make_unique<QueuedRequest>(
        batch, Piece{.first_row = 0, .rows = rows, .deadline = deadline, .client = client});
    request->batch_size = 8;
    return request;
  }
  // The errors of those that were refused.
  std::vector<std::string> Put(std::unique_ptr<QueuedRequest> request) {
    Requests requests;
    requests.push_back(std::move(request));
    std::vector<std::string> errors;
    for (const RefusedRequest& refused : queue_.Put(std::move(requests), workers_)) {
      errors.push_back(refused.error.message);
    }
    return errors;
  }
  base::Duration Wait(const servable::ServableHandle& servable, std::size_t rows,
                      std::uint64_t client = 0) {
    return *queue_.PredictWait(*servable, client, rows, 8, workers_);
  }
  // "cancer 3+4": the model and the rows of the requests taken together.
  std::string Taken() {
    const Requests turn = queue_.Take();
    if (turn.empty()) return "nothing";
    std::string text = turn.front()->servable->name.value();
    char separator = ' ';
    for (const auto& request : turn) {
      text += separator + std::to_string(request->piece.rows);
      separator = '+';
    }
    return text;
  }
  // The clients of the next run.
  std::vector<std::uint64_t> ClientsTaken() {
    std::vector<std::uint64_t> clients;
    for (const auto& request : queue_.Take()) clients.push_back(request->piece.client);
    return clients;
  }

  runtime::FakeScript script_;
  servable::ServableHandle cancer_ =
      servable::MakeFakeServable(script_, {.name = "cancer", .cost = servable::kExpensiveCost});
  servable::ServableHandle wine_ =
      servable::MakeFakeServable(script_, {.name = "wine", .cost = servable::kExpensiveCost});
  servable::ServableHandle alone_ = servable::MakeFakeServable(
      script_, {.name = "alone", .batchable = false, .cost = servable::kExpensiveCost});
  const RunQueue::Workers workers_{.threads = 1};
  RunQueue queue_{10};
};

TEST_F(RunQueueTest, TakesWhatFitsABatchAndLetsModelsTakeTurns) {
  for (const std::size_t rows : {3U, 4U, 2U}) Put(Request(cancer_, rows));
  Put(Request(wine_, 1));
  EXPECT_EQ(queue_.rows(), 10U);
  EXPECT_EQ(queue_.requests(), 4U);
  EXPECT_EQ(Taken(), "cancer 3+4");
  EXPECT_EQ(Taken(), "wine 1");
  EXPECT_EQ(Taken(), "cancer 2");
  EXPECT_EQ(queue_.rows(), 0U);
}

TEST_F(RunQueueTest, TakesARequestThatIsLargerThanABatchAlone) {
  Put(Request(cancer_, 9));
  Put(Request(cancer_, 1));
  EXPECT_EQ(Taken(), "cancer 9");
  EXPECT_EQ(Taken(), "cancer 1");
}

TEST_F(RunQueueTest, DoesNotMixRowsThatCannotShareARun) {
  Put(Request(alone_, 1));
  Put(Request(alone_, 1));
  EXPECT_EQ(Taken(), "alone 1");
  EXPECT_EQ(Taken(), "alone 1");
  auto all_outputs = Request(cancer_, 1);
  all_outputs->batch->predictions = false;
  Put(Request(cancer_, 1));
  Put(std::move(all_outputs));
  EXPECT_EQ(Taken(), "cancer 1");
  EXPECT_EQ(Taken(), "cancer 1");
}

TEST_F(RunQueueTest, ClientsOfAModelTakeTurnsHoweverManyRequestsOneSends) {
  for (int i = 0; i < 5; ++i) Put(Request(alone_, 1, 1));
  Put(Request(alone_, 1, 2));
  EXPECT_THAT(ClientsTaken(), ElementsAre(1U));
  EXPECT_THAT(ClientsTaken(), ElementsAre(2U));
  EXPECT_THAT(ClientsTaken(), ElementsAre(1U));
}

TEST_F(RunQueueTest, ARunHoldsRowsOfEveryClientThatWaits) {
  for (int i = 0; i < 5; ++i) Put(Request(cancer_, 2, 1));
  Put(Request(cancer_, 2, 2));
  EXPECT_THAT(ClientsTaken(), ElementsAre(1U, 2U, 1U, 1U));
}

// Turns follow cost, not the number of runs: one of 40 ms counts as four of 10 ms.
TEST_F(RunQueueTest, AModelWhoseRunsCostMoreHasFewerTurns) {
  const servable::ServableHandle costly = servable::MakeFakeServable(
      script_,
      {.name = "costly", .batchable = false, .cost = {.fixed = milliseconds(40), .per_row = {}}});
  for (int i = 0; i < 3; ++i) Put(Request(costly, 1, 1));
  for (int i = 0; i < 6; ++i) Put(Request(alone_, 1, 2));
  std::string turns;
  for (int i = 0; i < 7; ++i) turns += Taken()[0];
  EXPECT_EQ(turns, "caaaaca");
}

TEST_F(RunQueueTest, AWrongPredictionIsPaidAfterwards) {
  for (int i = 0; i < 3; ++i) Put(Request(alone_, 1, 1));
  for (int i = 0; i < 6; ++i) Put(Request(wine_, 8, 2));
  const Requests first = queue_.Take();
  EXPECT_EQ(first.front()->servable, alone_);
  queue_.Settle(first, milliseconds(30));  // three times what was predicted
  EXPECT_EQ(Taken(), "wine 8");
}

TEST_F(RunQueueTest, AModelThatWasIdleHasNoCreditForIt) {
  const servable::ServableHandle other = servable::MakeFakeServable(
      script_, {.name = "other", .batchable = false, .cost = servable::kExpensiveCost});
  for (int i = 0; i < 4; ++i) Put(Request(alone_, 1, 1));
  for (int i = 0; i < 3; ++i) Taken();
  for (int i = 0; i < 3; ++i) Put(Request(other, 1, 2));
  Put(Request(alone_, 1, 1));
  std::string turns;
  for (int i = 0; i < 4; ++i) turns += Taken()[0];
  EXPECT_EQ(turns, "oaoa");
}

TEST_F(RunQueueTest, StoppedItIsEmptiedBeforeItAnswersNothing) {
  Put(Request(cancer_, 1));
  queue_.Stop();
  EXPECT_EQ(Taken(), "cancer 1");
  EXPECT_EQ(Taken(), "nothing");
}

TEST_F(RunQueueTest, ClosedItGivesBackEverythingAndTakesNothingIn) {
  Put(Request(cancer_, 1));
  Put(Request(wine_, 1, 5));
  EXPECT_EQ(queue_.Close().size(), 2U);
  EXPECT_EQ(queue_.requests(), 0U);
  EXPECT_THAT(Put(Request(cancer_, 1)), ElementsAre("predict: the server is shutting down"));
}

TEST_F(RunQueueTest, ARequestIsTakenOutWhileItWaitsAndNotAfterwards) {
  auto request = Request(cancer_, 3, 7);
  const QueuedRequest* const name = request.get();
  Put(std::move(request));
  EXPECT_EQ(queue_.Remove(*name).get(), name);
  EXPECT_EQ(queue_.rows(), 0U);
  EXPECT_EQ(queue_.requests(), 0U);
  EXPECT_EQ(Wait(cancer_, 1), milliseconds(10));
  Put(Request(cancer_, 1, 7));
  const Requests running = queue_.Take();
  EXPECT_EQ(queue_.Remove(*running.front()), nullptr);
}

TEST_F(RunQueueTest, WhatStandsBeforeARequestIsItsOwnAndAsMuchOfEveryOther) {
  EXPECT_EQ(Wait(cancer_, 1), milliseconds(10));
  Put(Request(alone_, 1, 1));
  Put(Request(alone_, 1, 1));
  EXPECT_EQ(Wait(alone_, 1, 1), milliseconds(30));
  EXPECT_EQ(Wait(alone_, 1, 2), milliseconds(20)) << "one turn of the other client, not two";
  EXPECT_EQ(Wait(cancer_, 1, 2), milliseconds(20)) << "as much of another model as of its own";
}

TEST_F(RunQueueTest, RowsThatWillShareARunAreNotWaitedForTwice) {
  Put(Request(cancer_, 2));
  EXPECT_EQ(Wait(cancer_, 1), milliseconds(10));
  EXPECT_EQ(Wait(cancer_, 7), milliseconds(20));
}

TEST_F(RunQueueTest, RefusesWhatWouldBeLate) {
  const base::Instant soon(milliseconds(15));
  EXPECT_THAT(Put(Request(alone_, 1, 1, soon)), IsEmpty());
  EXPECT_THAT(Put(Request(alone_, 1, 1, soon)),
              ElementsAre("predict alone: the predicted wait of 20ms exceeds the request's "
                          "deadline"));
}

TEST_F(RunQueueTest, RefusesBeyondTheBoundOfAModelUnlessItsQueueIsEmpty) {
  EXPECT_TRUE(queue_.PredictWait(*cancer_, 0, 1000, 8, workers_).ok());
  Put(Request(cancer_, 8));
  EXPECT_TRUE(queue_.PredictWait(*cancer_, 0, 2, 8, workers_).ok());
  EXPECT_TRUE(queue_.PredictWait(*wine_, 0, 3, 8, workers_).ok());
  const auto refused = queue_.PredictWait(*cancer_, 0, 3, 8, workers_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::kExhausted);
  EXPECT_EQ(refused.error().message, "predict cancer: 8 rows are queued (limit 10)");
  EXPECT_THAT(Put(Request(cancer_, 3)), ElementsAre(refused.error().message));
}

TEST_F(RunQueueTest, AClientThatFillsTheQueueKeepsNoOtherOut) {
  for (int i = 0; i < 10; ++i) EXPECT_THAT(Put(Request(cancer_, 1, 1)), IsEmpty());
  EXPECT_THAT(Put(Request(cancer_, 1, 1)), testing::SizeIs(1));
  EXPECT_THAT(Put(Request(cancer_, 4, 2)), IsEmpty());
  EXPECT_THAT(Put(Request(cancer_, 2, 2)), testing::SizeIs(1)) << "beyond its half of ten";
  EXPECT_THAT(Put(Request(cancer_, 1, 1)), testing::SizeIs(1));
  EXPECT_THAT(Put(Request(cancer_, 3, 3)), IsEmpty());
}

TEST_F(RunQueueTest, AThreadForShortRequestsLeavesLongOnes) {
  const auto quick = servable::MakeFakeServable(
      script_, {.name = "quick", .cost = {.fixed = milliseconds(4), .per_row = {}}});
  const auto guess = servable::MakeFakeServable(
      script_,
      {.name = "guess", .cost = {.fixed = milliseconds(4), .per_row = {}}, .data_dependent = true});
  const auto slow = servable::MakeFakeServable(
      script_, {.name = "slow", .cost = {.fixed = milliseconds(11), .per_row = {}}});
  for (const auto& servable : {slow, guess, quick}) Put(Request(servable, 8, 1));
  const auto taken = [this] {
    const Requests turn = queue_.Take(Reach::kShort);
    return turn.empty() ? std::string() : turn.front()->servable->name.value();
  };
  EXPECT_EQ(taken(), "quick");
  queue_.Stop();
  EXPECT_EQ(taken(), "") << "what may take long is not for this thread";
  EXPECT_EQ(queue_.requests(), 2U);
}

TEST_F(RunQueueTest, ATurnOfShortRequestsIsShort) {
  const auto quick = servable::MakeFakeServable(
      script_, {.name = "quick", .cost = {.fixed = milliseconds(4), .per_row = {}}});
  for (int i = 0; i < 5; ++i) Put(Request(quick, 1, 1));
  EXPECT_EQ(queue_.Take(Reach::kShort).size(), 2U);
  EXPECT_EQ(queue_.Take().size(), 3U);
}

TEST_F(RunQueueTest, AShortRequestIsNotRefusedForLongOnesBeforeIt) {
  const auto quick = servable::MakeFakeServable(
      script_, {.name = "quick", .cost = {.fixed = milliseconds(4), .per_row = {}}});
  const base::Instant soon(milliseconds(15));
  const RunQueue::Workers held{.threads = 1, .short_threads = 1, .running = milliseconds(500)};
  Requests requests;
  requests.push_back(Request(quick, 1, 1, soon));
  EXPECT_THAT(queue_.Put(std::move(requests), held), IsEmpty());
  requests.clear();
  const auto slow = servable::MakeFakeServable(
      script_, {.name = "slow", .cost = {.fixed = milliseconds(11), .per_row = {}}});
  requests.push_back(Request(slow, 1, 1, soon));
  EXPECT_THAT(queue_.Put(std::move(requests), held), testing::SizeIs(1));
}

TEST_F(RunQueueTest, TheRestOfAnAdmittedRequestIsNotRefusedForAPredictedWait) {
  const RunQueue::Workers held{.threads = 1, .running = milliseconds(500)};
  Requests requests;
  requests.push_back(Request(alone_, 1, 1, base::Instant(milliseconds(15))));
  requests.front()->is_rest = true;
  EXPECT_THAT(queue_.Put(std::move(requests), held), IsEmpty());
}

TEST_F(RunQueueTest, LearnsWhatRunsReallyCost) {
  Put(Request(cancer_, 1));
  const Requests turn = queue_.Take();
  for (int run = 0; run < 100; ++run) queue_.Record(*cancer_, 1, milliseconds(40));
  EXPECT_GT(queue_.CostOf(*cancer_, 1, 8), milliseconds(25));
  EXPECT_GT(Wait(cancer_, 1), milliseconds(25));
}

TEST_F(RunQueueTest, CountsTheRequestsOfEachModelThatHasAny) {
  Put(Request(cancer_, 2));
  Put(Request(cancer_, 2));
  Put(Request(wine_, 3));
  EXPECT_THAT(queue_.requests_by_model(), ElementsAre(Pair("cancer", 2U), Pair("wine", 1U)));
  Taken();
  EXPECT_THAT(queue_.requests_by_model(), ElementsAre(Pair("wine", 1U)));
  Taken();
  EXPECT_THAT(queue_.requests_by_model(), IsEmpty());
}

TEST_F(RunQueueTest, WorkWithoutAModelWaitsInTheSameQueue) {
  const auto work = [] {
    auto request = std::make_unique<QueuedRequest>(nullptr, Piece{.client = 3},
                                                   [](WorkRun&) { return base::Status(); });
    request->cost = milliseconds(50);
    return request;
  };
  Put(work());
  Put(work());
  Put(Request(alone_, 1, 1));
  EXPECT_EQ(Wait(alone_, 1, 1), milliseconds(40)) << "twenty of its own, as much of the work";
  EXPECT_TRUE(queue_.Take().front()->is_work());
  EXPECT_EQ(Taken(), "alone 1");
  EXPECT_TRUE(queue_.Take().front()->is_work());
}

}  // namespace
}  // namespace moorage::lane
