#include "main/process/job_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <new>
#include <optional>

namespace moorage::process {
namespace {

using management_http::Job;

Job Plain(std::function<void()> run) {
  return {.run = std::move(run), .refuse = [](const base::Error& error) {
            ADD_FAILURE() << "refused: " << error.message;
          }};
}

// A pool of one thread that is busy until the test releases it.
class BusyPool : public testing::Test {
 protected:
  BusyPool() {
    EXPECT_TRUE(pool_->TrySubmit({.run =
                                      [this] {
                                        started_.count_down();
                                        release_.wait();
                                        if (!busy_.token().cancelled()) return;
                                        saw_cancel_ = true;
                                      },
                                  .refuse = [](const base::Error&) {},
                                  .cancel = busy_}));
    started_.wait();
  }
  ~BusyPool() override {
    if (!released_) Release();
  }
  void Release() {
    released_ = true;
    release_.count_down();
  }

  std::latch started_{1};
  std::latch release_{1};
  bool released_ = false;
  std::atomic<bool> saw_cancel_ = false;
  base::CancelSource busy_;
  std::optional<JobPool> pool_{JobPool::Options{.threads = 1, .capacity = 1}};
};

TEST(JobPool, RunsWhatItHasTaken) {
  std::atomic<int> ran = 0;
  std::latch all(50);
  JobPool pool({.threads = 2, .capacity = 100});
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(pool.TrySubmit(Plain([&] {
      ++ran;
      all.count_down();
    })));
  }
  all.wait();
  EXPECT_EQ(ran, 50);
}

TEST_F(BusyPool, RefusesBeyondItsCapacity) {
  EXPECT_TRUE(pool_->TrySubmit({.run = [] {}, .refuse = [](const base::Error&) {}}));
  EXPECT_FALSE(pool_->TrySubmit(Plain([] {})));
}

TEST_F(BusyPool, RefusesWhatWaitsAtOnceWhenTheProcessDrains) {
  std::optional<base::Error> refused;
  ASSERT_TRUE(pool_->TrySubmit({.run = [] { ADD_FAILURE() << "run while draining"; },
                                .refuse = [&](const base::Error& error) { refused = error; }}));
  pool_->RefuseWaiting();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->code, base::Code::kUnavailable);
  EXPECT_FALSE(pool_->TrySubmit(Plain([] {})));
  EXPECT_FALSE(busy_.token().cancelled()) << "what runs may end in time";
}

TEST_F(BusyPool, AsksWhatRunsToStopWhenTheDrainIsOver) {
  pool_->RefuseWaiting();
  pool_->CancelRunning();
  EXPECT_EQ(busy_.token().reason(), base::CancelReason::kShutdown);
  Release();
  pool_.reset();
  EXPECT_TRUE(saw_cancel_);
}

TEST_F(BusyPool, DoesNotBeginWhatNoClientWaitsFor) {
  base::CancelSource client;
  std::latch done(1);
  std::optional<base::Error> refused;
  ASSERT_TRUE(pool_->TrySubmit({.run = [] { ADD_FAILURE() << "run for no client"; },
                                .refuse =
                                    [&](const base::Error& error) {
                                      refused = error;
                                      done.count_down();
                                    },
                                .cancel = client}));
  client.Cancel(base::CancelReason::kClientGone);
  Release();
  done.wait();
  EXPECT_EQ(refused->code, base::Code::kCancelled);
}

TEST(JobPool, OutlivesAJobThatFindsNoMemory) {
  JobPool pool({.threads = 1, .capacity = 2});
  std::latch both(2);
  std::optional<base::Error> refused;
  ASSERT_TRUE(pool.TrySubmit({.run = [] { throw std::bad_alloc(); },
                              .refuse =
                                  [&](const base::Error& error) {
                                    refused = error;
                                    both.count_down();
                                  }}));
  ASSERT_TRUE(pool.TrySubmit(Plain([&] { both.count_down(); })));
  both.wait();
  EXPECT_EQ(refused->code, base::Code::kUnavailable);
}

}  // namespace
}  // namespace moorage::process
