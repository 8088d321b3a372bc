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
  // A job of one piece with so many rows, a batch of eight at most.
  static std::unique_ptr<BatchJob> Job(const servable::ServableHandle& servable, std::size_t rows) {
    auto job = std::make_unique<BatchJob>();
    job->batch_size = 8;
    job->data = std::make_unique<BatchData>(
        servable::RowForm::Of(servable->session->signature(), *servable->layout));
    job->data->servable = servable;
    job->data->predictions = true;
    for (std::size_t i = 0; i < rows; ++i) job->data->rows.AddZero();
    job->data->pieces.push_back({.first_row = 0, .rows = rows});
    return job;
  }
  // "cancer 3+4": the model and the rows of the jobs taken together.
  std::string Taken() {
    const Jobs jobs = queue_.Take();
    if (jobs.empty()) return "nothing";
    std::string text = jobs.front()->data->servable->name.value();
    char separator = ' ';
    for (const auto& job : jobs) {
      text += separator + std::to_string(job->data->rows.rows());
      separator = '+';
    }
    return text;
  }

  runtime::FakeScript script_;
  servable::ServableHandle cancer_ =
      servable::MakeFakeServable(script_, {.name = "cancer", .cost = servable::kExpensiveCost});
  servable::ServableHandle wine_ =
      servable::MakeFakeServable(script_, {.name = "wine", .cost = servable::kExpensiveCost});
  RunQueue queue_{10};
};

TEST_F(RunQueueTest, TakesWhatFitsABatchAndLetsModelsTakeTurns) {
  for (const std::size_t rows : {3U, 4U, 2U}) queue_.Put(Job(cancer_, rows));
  queue_.Put(Job(wine_, 1));
  EXPECT_EQ(queue_.rows(), 10U);
  EXPECT_EQ(Taken(), "cancer 3+4");
  EXPECT_EQ(Taken(), "wine 1");
  EXPECT_EQ(Taken(), "cancer 2");
  EXPECT_EQ(queue_.rows(), 0U);
}

TEST_F(RunQueueTest, TakesAJobThatIsLargerThanABatchAlone) {
  queue_.Put(Job(cancer_, 20));
  queue_.Put(Job(cancer_, 1));
  EXPECT_EQ(Taken(), "cancer 20");
  EXPECT_EQ(Taken(), "cancer 1");
}

TEST_F(RunQueueTest, DoesNotMixRowsThatCannotShareARun) {
  const servable::ServableHandle alone = servable::MakeFakeServable(
      script_, {.name = "alone", .batchable = false, .cost = servable::kExpensiveCost});
  queue_.Put(Job(alone, 1));
  queue_.Put(Job(alone, 1));
  EXPECT_EQ(Taken(), "alone 1");
  EXPECT_EQ(Taken(), "alone 1");
  auto all_outputs = Job(cancer_, 1);
  all_outputs->data->predictions = false;
  queue_.Put(Job(cancer_, 1));
  queue_.Put(std::move(all_outputs));
  EXPECT_EQ(Taken(), "cancer 1");
  EXPECT_EQ(Taken(), "cancer 1");
}

TEST_F(RunQueueTest, StoppedItIsEmptiedBeforeItAnswersNothing) {
  queue_.Put(Job(cancer_, 1));
  queue_.Stop();
  EXPECT_EQ(Taken(), "cancer 1");
  EXPECT_EQ(Taken(), "nothing");
}

TEST_F(RunQueueTest, TellsWhatStandsBeforeARequest) {
  EXPECT_EQ(queue_.Admit(*cancer_, 1, 8)->queued, milliseconds(0));
  queue_.Put(Job(cancer_, 2));
  queue_.Put(Job(wine_, 9));  // two runs of eight at most
  const auto cost = queue_.Admit(*cancer_, 1, 8);
  ASSERT_TRUE(cost.ok());
  EXPECT_EQ(cost->queued, milliseconds(30));
  EXPECT_EQ(cost->own, milliseconds(10));
}

TEST_F(RunQueueTest, RefusesBeyondTheBoundOfAModelUnlessItsQueueIsEmpty) {
  EXPECT_TRUE(queue_.Admit(*cancer_, 1000, 8).ok());
  queue_.Put(Job(cancer_, 8));
  EXPECT_TRUE(queue_.Admit(*cancer_, 2, 8).ok());
  EXPECT_TRUE(queue_.Admit(*wine_, 3, 8).ok());
  const auto refused = queue_.Admit(*cancer_, 3, 8);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::kExhausted);
  EXPECT_EQ(refused.error().message, "predict cancer: 8 rows are queued (limit 10)");
}

TEST_F(RunQueueTest, LearnsWhatRunsReallyCost) {
  queue_.Put(Job(cancer_, 1));
  const Jobs jobs = queue_.Take();
  for (int run = 0; run < 100; ++run) queue_.Record(*cancer_, 1, milliseconds(40));
  EXPECT_GT(queue_.CostOf(*cancer_, 1, 8), milliseconds(25));
  EXPECT_GT(queue_.Admit(*cancer_, 1, 8)->own, milliseconds(25));
}

TEST_F(RunQueueTest, CountsTheRowsOfEachModelThatHasAny) {
  queue_.Put(Job(cancer_, 2));
  queue_.Put(Job(wine_, 3));
  EXPECT_THAT(queue_.rows_by_model(), ElementsAre(Pair("cancer", 2U), Pair("wine", 3U)));
  Taken();
  EXPECT_THAT(queue_.rows_by_model(), ElementsAre(Pair("wine", 3U)));
  Taken();
  EXPECT_THAT(queue_.rows_by_model(), IsEmpty());
}

}  // namespace
}  // namespace moorage::lane
