#include "domain/serving/lane/mailbox.h"

#include <gtest/gtest.h>

namespace moorage::lane {
namespace {

class MailboxTest : public testing::Test {
 protected:
  static std::unique_ptr<BatchJob> Job(std::uint64_t ticket) {
    auto job = std::make_unique<BatchJob>();
    job->ticket = ticket;
    return job;
  }

  int wakes_ = 0;
  Mailbox mailbox_{[this] { ++wakes_; }};
};

TEST_F(MailboxTest, GivesJobsInTheirOrderAndOnce) {
  EXPECT_TRUE(mailbox_.empty());
  mailbox_.Put(Job(7));
  mailbox_.Put(Job(8));
  EXPECT_FALSE(mailbox_.empty());
  const auto jobs = mailbox_.Take();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0]->ticket, 7U);
  EXPECT_EQ(jobs[1]->ticket, 8U);
  EXPECT_TRUE(mailbox_.empty());
  EXPECT_TRUE(mailbox_.Take().empty());
}

TEST_F(MailboxTest, WakesOnceForAllThatIsPutBeforeItIsTaken) {
  mailbox_.Put(Job(1));
  mailbox_.Put(Job(2));
  EXPECT_EQ(wakes_, 1);
  mailbox_.Take();
  mailbox_.Put(Job(3));
  EXPECT_EQ(wakes_, 2);
}

TEST_F(MailboxTest, WakesWithoutAJobWhereItIsAsked) {
  mailbox_.Wake();
  EXPECT_EQ(wakes_, 1);
  EXPECT_TRUE(mailbox_.empty());
}

TEST_F(MailboxTest, ClosedItDropsEverythingAndWakesNobody) {
  mailbox_.Put(Job(1));
  mailbox_.Close();
  EXPECT_TRUE(mailbox_.Take().empty());
  mailbox_.Put(Job(2));
  mailbox_.Wake();
  EXPECT_TRUE(mailbox_.Take().empty());
  EXPECT_TRUE(mailbox_.empty());
  EXPECT_EQ(wakes_, 1);
}

}  // namespace
}  // namespace moorage::lane
