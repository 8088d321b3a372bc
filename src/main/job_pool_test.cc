#include "main/job_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace moorage::main {
namespace {

TEST(JobPool, RunsWhatItHasTakenBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    JobPool pool({.threads = 2, .capacity = 100});
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.TrySubmit([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 50);
}

TEST(JobPool, RefusesBeyondItsCapacity) {
  std::latch started(1);
  std::latch release(1);
  JobPool pool({.threads = 1, .capacity = 1});
  ASSERT_TRUE(pool.TrySubmit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.TrySubmit([] {}));
  EXPECT_FALSE(pool.TrySubmit([] {}));
  release.count_down();
}

}  // namespace
}  // namespace moorage::main
