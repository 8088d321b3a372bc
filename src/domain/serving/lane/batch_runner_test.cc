#include "domain/serving/lane/batch_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  };

  // Queues a job with these requests, a batch of four at most.
  void Put(const std::vector<Request>& requests) {
    auto job = std::make_unique<BatchJob>();
    job->batch_size = 4;
    job->data = std::make_unique<BatchData>(
        servable::RowForm::Of(model_->session->signature(), *model_->layout));
    job->data->servable = model_;
    job->data->predictions = true;
    for (const Request& request : requests) {
      const rows::RowTarget row = job->data->rows.Add();
      for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(model_->layout->StoreDouble(row, i, static_cast<double>(request.value)), nullptr);
      }
      job->data->pieces.push_back({.first_row = job->data->rows.rows() - 1,
                                   .rows = 1,
                                   .deadline = request.deadline,
                                   .submitted = clock_.Monotonic()});
    }
    queue_.Put(std::move(job));
  }

  // Runs what is taken together. Returns the probability of label 1 of each request, or the error's
  // code.
  std::vector<std::string> RunNext() {
    Jobs jobs = queue_.Take();
    runner_.Run(jobs);
    std::vector<std::string> answers;
    for (const auto& job : jobs) {
      for (const auto& result : job->results) {
        if (!result.ok()) {
          answers.emplace_back(base::Name(result.error().code));
          continue;
        }
        const model::TensorView& probabilities = result->outputs->tensors()[1];
        const double one = model::NumberAt(probabilities, result->first_row * 2 + 1);
        answers.push_back(one == 0 ? "0" : one == 1 ? "1" : "between");
      }
    }
    return answers;
  }

  runtime::FakeScript script_;
  servable::FakeSharedClock clock_;
  const servable::ServableHandle model_ =
      servable::MakeFakeServable(script_, {.cost = servable::kExpensiveCost});
  RunQueue queue_{1000};
  RunWatch watch_{clock_};
  const BatchRunner runner_{queue_, watch_, clock_};
};

TEST_F(BatchRunnerTest, GivesEachRequestOfSeveralJobsItsOwnRow) {
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
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 1U));
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

}  // namespace
}  // namespace moorage::lane
