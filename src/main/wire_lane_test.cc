#include "main/wire_lane.h"

#include <gtest/gtest.h>

namespace moorage::main {
namespace {

TEST(LaneOptions, ShareOneBoundOfConcurrentRequestsWhateverTheNumberOfReactors) {
  config::Config::Serving config;
  config.max_concurrent_requests = 100;
  base::MemoryBudget memory(1);
  const auto options = AdmissionOptionsOf(config, &memory);
  EXPECT_EQ(options.max_requests, 100U);
  EXPECT_EQ(options.memory, &memory);
}

TEST(LaneOptions, AreThoseOfTheSectionServing) {
  config::Config::Serving config;
  config.batch_size = 7;
  config.inline_run = std::chrono::microseconds(8);
  config.inline_tick = std::chrono::microseconds(9);
  lane::Admission admission({});
  const auto options = LaneOptionsOf(config, admission);
  EXPECT_EQ(options.admission, &admission);
  EXPECT_EQ(options.batch_size, 7U);
  EXPECT_EQ(options.inline_run, std::chrono::microseconds(8));
  EXPECT_EQ(options.inline_tick, std::chrono::microseconds(9));
  EXPECT_EQ(ExecutorOptionsOf(3).threads, 3U);
  EXPECT_EQ(ExecutorOptionsOf(1).short_threads, 1U);
  EXPECT_EQ(ExecutorOptionsOf(8).short_threads, 4U);
  EXPECT_GT(ExecutorOptionsOf(1).niceness, 0);
}

}  // namespace
}  // namespace moorage::main
