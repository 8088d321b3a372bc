#include "domain/serving/lane/completion_queue.h"

#include <gtest/gtest.h>

namespace moorage::lane {
namespace {

class CompletionQueueTest : public testing::Test {
 protected:
  static std::unique_ptr<BatchJob> Job(std::uint64_t ticket) {
    auto job = std::make_unique<BatchJob>();
    job->ticket = ticket;
    return job;
  }

  int wakes_ = 0;
  CompletionQueue completions_{[this] { ++wakes_; }};
};

TEST_F(CompletionQueueTest, GivesJobsInTheirOrderAndOnce) {
  EXPECT_TRUE(completions_.empty());
  completions_.Put(Job(7));
  completions_.Put(Job(8));
  EXPECT_FALSE(completions_.empty());
  const auto jobs = completions_.Take();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0]->ticket, 7U);
  EXPECT_EQ(jobs[1]->ticket, 8U);
  EXPECT_TRUE(completions_.empty());
  EXPECT_TRUE(completions_.Take().empty());
}

TEST_F(CompletionQueueTest, WakesOnceForAllThatIsPutBeforeItIsTaken) {
  completions_.Put(Job(1));
  completions_.Put(Job(2));
  EXPECT_EQ(wakes_, 1);
  completions_.Take();
  completions_.Put(Job(3));
  EXPECT_EQ(wakes_, 2);
}

TEST_F(CompletionQueueTest, WakesWithoutAJobWhereItIsAsked) {
  completions_.Wake();
  EXPECT_EQ(wakes_, 1);
  EXPECT_TRUE(completions_.empty());
}

TEST_F(CompletionQueueTest, ClosedItDropsEverythingAndWakesNobody) {
  completions_.Put(Job(1));
  completions_.Close();
  EXPECT_TRUE(completions_.Take().empty());
  completions_.Put(Job(2));
  completions_.Wake();
  EXPECT_TRUE(completions_.Take().empty());
  EXPECT_TRUE(completions_.empty());
  EXPECT_EQ(wakes_, 1);
}

}  // namespace
}  // namespace moorage::lane
