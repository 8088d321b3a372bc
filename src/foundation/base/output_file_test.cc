#include "foundation/base/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "foundation/base/testing/temporary_directory.h"

namespace moorage::base {
namespace {

class OutputFileTest : public testing::Test {
 protected:
  static void Put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string Get(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t Files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

  const TemporaryDirectory folder_;
  const std::string path_ = folder_ / "scores.csv";
};

TEST_F(OutputFileTest, MakesAndReplacesAFileAndLeavesNothingElse) {
  ASSERT_TRUE(WriteOutput(path_, "old").ok());
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  ASSERT_TRUE(WriteOutput(path_, "new").ok());
  EXPECT_EQ(Get(path_), "new");
  EXPECT_EQ(Files(), 1U);
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(OutputFileTest, TouchesNoFileOfTheUser) {
  Put(path_ + ".tmp", "mine");
  ASSERT_TRUE(WriteOutput(path_, "scores").ok());
  EXPECT_EQ(Get(path_ + ".tmp"), "mine");
  EXPECT_EQ(Files(), 2U);
}

TEST_F(OutputFileTest, WritesThroughALinkAndThroughAnotherName) {
  Put(folder_ / "real", "old");
  ASSERT_EQ(::symlink("real", path_.c_str()), 0);
  ASSERT_TRUE(WriteOutput(path_, "new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(Get(folder_ / "real"), "new");
  std::filesystem::create_hard_link(folder_ / "real", folder_ / "twin");
  ASSERT_TRUE(WriteOutput(folder_ / "twin", "newer").ok());
  EXPECT_EQ(Get(folder_ / "real"), "newer");
}

TEST_F(OutputFileTest, WritesIntoAPipe) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = Get(path_); });
  EXPECT_TRUE(WriteOutput(path_, "scores").ok());
  reader.join();
  EXPECT_EQ(got, "scores");
  EXPECT_TRUE(std::filesystem::is_fifo(path_));
}

TEST_F(OutputFileTest, ReportsADeviceThatIsFullAndAFolder) {
  const Status full = WriteOutput("/dev/full", "scores");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, Code::kStorageFull);
  EXPECT_NE(full.error().message.find("write /dev/full: "), std::string::npos);
  EXPECT_NE(full.error().message.find("the file system at /"), std::string::npos);
  EXPECT_TRUE(WriteOutput("/dev/null", "scores").ok());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_FALSE(WriteOutput(folder_.path(), "scores").ok());
  EXPECT_FALSE(WriteOutput(folder_ / "no/such", "scores").ok());
}

TEST_F(OutputFileTest, OfTwoWritersOneWinsWhole) {
  std::vector<std::thread> writers;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    writers.emplace_back([this, letter] {
      for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(WriteOutput(path_, std::string(50'000, letter)).ok());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string text = Get(path_);
  EXPECT_EQ(text, std::string(50'000, text.at(0)));
  EXPECT_EQ(Files(), 1U);
}

}  // namespace
}  // namespace moorage::base
