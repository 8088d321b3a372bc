#include "main/memory_limit.h"

#include <gtest/gtest.h>

namespace moorage::main {
namespace {

TEST(MemoryLimit, IsWhatTheOperatorGives) {
  config::Config::Server server;
  server.memory = 96U << 20U;
  EXPECT_EQ(MemoryLimitOf(server), 96U << 20U);
}

TEST(MemoryLimit, IsAPartOfTheMachineOtherwise) {
  const std::uint64_t limit = MemoryLimitOf({});
  EXPECT_GE(limit, 16U << 20U);
  EXPECT_LT(limit, 1ULL << 50U);
}

TEST(MemoryLimit, ReadsWhatTheKernelWrites) {
  EXPECT_EQ(ParseMemoryMax("536870912\n"), 536870912U);
  EXPECT_EQ(ParseMemoryMax("max\n"), std::nullopt);
  EXPECT_EQ(ParseMemoryMax(""), std::nullopt);
  EXPECT_EQ(ParseMemTotal("MemTotal:       16309764 kB\nMemFree: 1 kB\n"), 16309764ULL * 1024);
  EXPECT_EQ(ParseMemTotal("nothing"), std::nullopt);
}

}  // namespace
}  // namespace moorage::main
