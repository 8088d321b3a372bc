#include "platform/config/memory_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/temporary_directory.h"

namespace moorage::config {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;

class MemoryLimit : public testing::Test {
 protected:
  MemoryLimit() { Write("/proc/meminfo", "MemTotal:        1048576 kB\nMemFree: 1 kB\n"); }

  void Write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file(root_.path() + path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  std::uint64_t Limit() const { return MachineMemory(base::PosixFileSystem::Get(), root_.path()); }

  const base::TemporaryDirectory root_;
};

TEST_F(MemoryLimit, IsWhatTheMachineHasWithoutAGroup) { EXPECT_EQ(Limit(), 1024 * kMiB); }

TEST_F(MemoryLimit, IsThatOfTheGroupOfAContainer) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/memory.max", "268435456\n");
  EXPECT_EQ(Limit(), 256 * kMiB);
}

TEST_F(MemoryLimit, IsTheLeastOfTheGroupAndThoseAboveIt) {
  Write("/proc/self/cgroup", "0::/system.slice/moorage.service\n");
  Write("/sys/fs/cgroup/system.slice/memory.max", "134217728\n");
  Write("/sys/fs/cgroup/system.slice/moorage.service/memory.max", "max\n");
  EXPECT_EQ(Limit(), 128 * kMiB);
}

TEST_F(MemoryLimit, IsThatOfAGroupOfTheFirstVersion) {
  Write("/proc/self/cgroup", "4:memory:/docker/1\n1:cpu:/docker/1\n");
  Write("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(Limit(), 64 * kMiB);
}

TEST_F(MemoryLimit, IsTheMachinesWhereTheGroupHasNone) {
  Write("/proc/self/cgroup", "0::/a\n");
  Write("/sys/fs/cgroup/a/memory.max", "max\n");
  Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Limit(), 1024 * kMiB);
}

TEST_F(MemoryLimit, IsTheKeysWhereItIsSet) {
  Config::Server config;
  EXPECT_EQ(MemoryLimitOf(config, base::PosixFileSystem::Get()),
            MachineMemory(base::PosixFileSystem::Get()) / 5 * 4);
  config.memory = 100 * kMiB;
  EXPECT_EQ(MemoryLimitOf(config, base::PosixFileSystem::Get()), 100 * kMiB);
}

}  // namespace
}  // namespace moorage::config
