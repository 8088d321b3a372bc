#include "domain/serving/lane/batch_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "domain/serving/servable/testing/fake_servable.h"
#include "domain/serving/servable/testing/fake_shared_clock.h"

namespace moorage::lane {
namespace {

using base::Code;
using std::chrono::milliseconds;
using testing::ElementsAre;

class BatchRunnerTest : public testing::Test {
 protected:
  // A request with one row whose features are all this number.
  struct Request {
    float value = 0;
    base::Instant deadline = base::Instant::max();
    std::uint64_t client = 0;
  };

  // Queues these requests, of one batch, in runs of four at most.
  void Put(const std::vector<Request>& requests) {
    auto batch = std::make_shared<BatchData>(
        servable::RowForm::Of(model_->session->signature(), *model_->layout));
    batch->servable = model_;
    batch->predictions = true;
    Requests queued;
    for (const Request& request : requests) {
      const rows::RowTarget row = batch->rows.Add();
      for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(model_->layout->StoreDouble(row, i, static_cast<double>(request.value)), nullptr);
      }
      queued.push_back(
          std::make_unique<QueuedRequest>(batch, Piece{.first_row = batch->rows.rows() - 1,
                                                       .rows = 1,
                                                       .deadline = request.deadline,
                                                       .submitted = clock_.Monotonic(),
                                                       .client = request.client}));
      queued.back()->batch_size = 4;
      queued.back()->memory = &memory_;
      queued.back()->serial = next_serial_++;
      names_.push_back(queued.back().get());
    }
    EXPECT_TRUE(queue_.Put(std::move(queued), {}).empty());
  }

  // Runs what is taken together. Returns the probability of label 1 of each request in the order of
  // Put(), or the error's code.
  std::vector<std::string> RunNext() {
    Requests turn = queue_.Take();
    runner_.Run(turn);
    std::ranges::sort(turn, {}, [](const auto& request) { return request->serial; });
    std::vector<std::string> answers;
    for (const auto& request : turn) {
      if (!request->result.ok()) {
        answers.emplace_back(base::Name(request->result.error().code));
        continue;
      }
      const RequestResult& result = *request->result;
      const model::TensorView& probabilities = result.run->tensors()[1];
      const double one = model::NumberAt(probabilities, result.first_row * 2 + 1);
      answers.push_back(one == 0 ? "0" : one == 1 ? "1" : "between");
    }
    return answers;
  }

  runtime::FakeScript script_;
  servable::FakeSharedClock clock_;
  const servable::ServableHandle model_ =
      servable::MakeFakeServable(script_, {.cost = servable::kExpensiveCost});
  base::MemoryBudget memory_{1U << 20U};
  std::uint64_t next_serial_ = 0;
  std::vector<QueuedRequest*> names_;
  RunQueue queue_{1000};
  RunWatch watch_{clock_};
  const BatchRunner runner_{queue_, watch_, clock_};
};

TEST_F(BatchRunnerTest, GivesEachRequestOfSeveralBatchesItsOwnRow) {
  Put({{1}, {0}});
  Put({{0.5F}, {1}});
  EXPECT_THAT(RunNext(), ElementsAre("1", "0", "between", "1"));
  EXPECT_THAT(script_.batches(), ElementsAre(4U));
}

TEST_F(BatchRunnerTest, ALateRequestIsNotRunAndTheOthersAre) {
  const base::Instant soon = clock_.Monotonic() + milliseconds(5);
  Put({{1}, {1, soon}, {0}});
  clock_.Advance(milliseconds(6));
  EXPECT_THAT(RunNext(), ElementsAre("1", base::Name(Code::kDeadline), "0"));
  EXPECT_THAT(script_.batches(), ElementsAre(2U));
}

TEST_F(BatchRunnerTest, AGroupThatFailsIsRunAgainOneByOne) {
  script_.FailOnFirstFeature(13);
  Put({{1}, {13}});
  Put({{0}});
  EXPECT_THAT(RunNext(), ElementsAre("1", base::Name(Code::kInternal), "0"));
  EXPECT_THAT(script_.batches(), ElementsAre(3U, 1U, 1U, 1U));
}

TEST_F(BatchRunnerTest, RunsNothingOnceTheProcessEnds) {
  Put({{1}, {0}});
  watch_.GiveUp();
  const std::string ending(base::Name(Code::kUnavailable));
  EXPECT_THAT(RunNext(), ElementsAre(ending, ending));
  EXPECT_TRUE(script_.batches().empty());
}

// Clients take turns, so rows of one batch reach a run in another order than they lie.
TEST_F(BatchRunnerTest, RowsOfOneBatchThatAreTakenOutOfOrderReachTheirRequests) {
  Put({{.value = 1, .client = 1},
       {.value = 0, .client = 1},
       {.value = 0.5F, .client = 1},
       {.value = 1, .client = 2},
       {.value = 0, .client = 2},
       {.value = 0, .client = 2}});
  EXPECT_THAT(RunNext(), ElementsAre("1", "0", "1", "0"));
  EXPECT_THAT(RunNext(), ElementsAre("between", "0"));
  EXPECT_THAT(script_.batches(), ElementsAre(4U, 2U));
}

TEST_F(BatchRunnerTest, ARequestThatNoClientWaitsForIsNotRun) {
  Put({{1}, {0}});
  names_[0]->Abandon(base::CancelReason::kClientGone);
  EXPECT_THAT(RunNext(), ElementsAre(base::Name(Code::kCancelled), "0"));
  EXPECT_THAT(script_.batches(), ElementsAre(1U));
}

// What work on the executor sees.
class WorkTest : public BatchRunnerTest {
 protected:
  base::Result<RequestResult> RunWork(WorkFunction work,
                                      base::Instant deadline = base::Instant::max()) {
    Requests requests;
    requests.push_back(std::make_unique<QueuedRequest>(
        model_, Piece{.deadline = deadline, .submitted = clock_.Monotonic()}, std::move(work)));
    requests.back()->batch_size = 4;
    requests.back()->memory = &memory_;
    name_ = requests.back().get();
    queue_.Put(std::move(requests), {});
    Requests turn = queue_.Take();
    runner_.Run(turn);
    return std::move(turn.front()->result);
  }
  // Runs six rows of zeros.
  base::Result<runtime::Outputs> RunSix(WorkRun& run) {
    servable::RowBuffers rows(servable::RowForm::Of(model_->session->signature(), *model_->layout),
                              &memory_);
    EXPECT_TRUE(rows.Grow(6).ok());
    for (int i = 0; i < 6; ++i) rows.AddZero();
    return run.RunRows(rows, {});
  }

  QueuedRequest* name_ = nullptr;
};

TEST_F(WorkTest, RunsItsRowsInBatchesAndIsChargedForThem) {
  std::size_t rows = 0;
  const auto result = RunWork([&](WorkRun& run) -> base::Status {
    ASSIGN_OR_RETURN(const runtime::Outputs outputs, RunSix(run));
    rows = static_cast<std::size_t>(outputs.tensors()[0].shape[0]);
    EXPECT_GT(memory_.used(base::MemoryPurpose::kAnswers), 0U);
    return run.Wanted();
  });
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(rows, 6U);
  EXPECT_THAT(script_.batches(), ElementsAre(4U, 2U));
}

TEST_F(WorkTest, SeesThatItsClientHasGoneAndRunsNoMore) {
  const auto result = RunWork([&](WorkRun& run) -> base::Status {
    name_->Abandon(base::CancelReason::kClientGone);
    RETURN_IF_ERROR(RunSix(run));
    return {};
  });
  EXPECT_EQ(result.error().code, Code::kCancelled);
  EXPECT_THAT(script_.batches(), testing::IsEmpty());
}

TEST_F(WorkTest, LateItIsNotCalled) {
  bool called = false;
  const auto result = RunWork(
      [&](WorkRun&) {
        called = true;
        return base::Status();
      },
      clock_.Monotonic() - milliseconds(1));
  EXPECT_EQ(result.error().code, Code::kDeadline);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace moorage::lane
