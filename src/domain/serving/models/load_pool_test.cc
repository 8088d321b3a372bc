#include "domain/serving/models/load_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

namespace moorage::models {
namespace {

constexpr std::chrono::seconds kLimit{20};

TEST(LoadPool, RunsLoadsBesideEachOther) {
  LoadPool pool;
  pool.Start(2);
  std::promise<void> first;
  std::promise<void> second;
  auto waits_for_second = second.get_future().share();
  pool.Submit([&first, waits_for_second] {
    // Can only end if the other load runs at the same time.
    if (waits_for_second.wait_for(kLimit) == std::future_status::ready) first.set_value();
  });
  pool.Submit([&second] { second.set_value(); });
  EXPECT_EQ(first.get_future().wait_for(kLimit), std::future_status::ready)
      << "the first load waits for the second";
}

TEST(LoadPool, WithoutThreadsRunsLoadsWhenItIsAsked) {
  LoadPool pool;
  int ran = 0;
  pool.Submit([&ran] { ++ran; });
  pool.Submit([&ran] { ++ran; });
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(pool.RunWaiting(), 2U);
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(pool.RunWaiting(), 0U);
}

TEST(LoadPool, StopsAlthoughLoadsWait) {
  LoadPool pool;
  int ran = 0;
  pool.Submit([&ran] { ++ran; });
  pool.Stop();
  EXPECT_EQ(ran, 0);
}

}  // namespace
}  // namespace moorage::models
