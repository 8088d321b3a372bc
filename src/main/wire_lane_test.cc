#include "main/wire_lane.h"

#include <gtest/gtest.h>

namespace moorage::main {
namespace {

TEST(LaneOptions, ShareTheBoundOfConcurrentRequestsAmongTheReactors) {
  config::Config::Serving config;
  config.max_concurrent_requests = 100;
  EXPECT_EQ(LaneOptionsOf(config, 1).max_concurrent_requests, 100U);
  EXPECT_EQ(LaneOptionsOf(config, 3).max_concurrent_requests, 34U);
  config.max_concurrent_requests = 1;
  EXPECT_EQ(LaneOptionsOf(config, 4).max_concurrent_requests, 1U);
}

TEST(LaneOptions, AreThoseOfTheSectionServing) {
  config::Config::Serving config;
  config.batch_size = 7;
  config.inline_run = std::chrono::microseconds(8);
  config.inline_tick = std::chrono::microseconds(9);
  const auto options = LaneOptionsOf(config, 2);
  EXPECT_EQ(options.batch_size, 7U);
  EXPECT_EQ(options.inline_run, std::chrono::microseconds(8));
  EXPECT_EQ(options.inline_tick, std::chrono::microseconds(9));
  EXPECT_EQ(ExecutorOptionsOf(3).threads, 3U);
}

}  // namespace
}  // namespace moorage::main
