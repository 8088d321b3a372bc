#include "domain/serving/lane/completion_queue.h"

#include <gtest/gtest.h>

namespace moorage::lane {
namespace {

class CompletionQueueTest : public testing::Test {
 protected:
  static Requests One(std::uint64_t serial) {
    Requests requests;
    requests.push_back(
        std::make_unique<QueuedRequest>(nullptr, Piece{}, [](WorkRun&) { return base::Status(); }));
    requests.back()->serial = serial;
    return requests;
  }

  int wakes_ = 0;
  CompletionQueue completions_{[this] { ++wakes_; }};
};

TEST_F(CompletionQueueTest, GivesRequestsInTheirOrderAndOnce) {
  EXPECT_TRUE(completions_.empty());
  completions_.Put(One(7));
  completions_.Put(One(8));
  EXPECT_FALSE(completions_.empty());
  const auto requests = completions_.Take();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0]->serial, 7U);
  EXPECT_EQ(requests[1]->serial, 8U);
  EXPECT_TRUE(completions_.empty());
  EXPECT_TRUE(completions_.Take().empty());
}

TEST_F(CompletionQueueTest, WakesOnceForAllThatIsPutBeforeItIsTaken) {
  completions_.Put(One(1));
  completions_.Put(One(2));
  EXPECT_EQ(wakes_, 1);
  completions_.Take();
  completions_.Put(One(3));
  EXPECT_EQ(wakes_, 2);
}

TEST_F(CompletionQueueTest, WakesWithoutARequestWhereItIsAsked) {
  completions_.Wake();
  EXPECT_EQ(wakes_, 1);
  EXPECT_TRUE(completions_.empty());
}

TEST_F(CompletionQueueTest, ClosedItDropsEverythingAndWakesNobody) {
  completions_.Put(One(1));
  completions_.Close();
  EXPECT_TRUE(completions_.Take().empty());
  completions_.Put(One(2));
  completions_.Wake();
  EXPECT_TRUE(completions_.Take().empty());
  EXPECT_TRUE(completions_.empty());
  EXPECT_EQ(wakes_, 1);
}

}  // namespace
}  // namespace moorage::lane
