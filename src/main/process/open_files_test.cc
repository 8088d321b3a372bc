#include "main/process/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace moorage::process {
namespace {

TEST(OpenFiles, WarnWhenTheyAreTooFewForAServer) {
  EXPECT_EQ(WarningOf({.soft = 4096, .hard = 4096}), std::nullopt);
  EXPECT_EQ(WarningOf({.soft = 1 << 20, .hard = 1 << 20}), std::nullopt);
  EXPECT_EQ(WarningOf({.soft = 1024, .hard = 1024}),
            "only 1024 files and connections can be open at one time: raise the hard limit (ulimit "
            "-Hn, or LimitNOFILE in a systemd unit) to at least 4096");
  EXPECT_TRUE(WarningOf({.soft = 1024, .hard = 1 << 20}).has_value());
}

TEST(OpenFiles, CanBeAsManyAsTheHardLimitAllows) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  const OpenFileLimit raised = RaiseOpenFileLimit();
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(raised, (OpenFileLimit{.soft = before.rlim_max, .hard = before.rlim_max}));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace moorage::process
