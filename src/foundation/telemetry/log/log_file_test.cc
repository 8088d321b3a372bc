#include "foundation/telemetry/log/log_file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "foundation/telemetry/log/testing/log_fixture.h"

namespace moorage::telemetry {
namespace {

using std::chrono::milliseconds;

class LogFileTest : public LogFixture {
 protected:
  const std::string path_ = folder_ / "logs/moorage.log";
};

TEST_F(LogFileTest, WritesWholeLinesAndMakesItsFolder) {
  LogFile file(path_, 1 << 20, 5, clock_);
  EXPECT_TRUE(file.Write("one").ok());
  EXPECT_TRUE(file.Write("zwei, drei: 100 % \xC3\xA9").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(path_), "one\nzwei, drei: 100 % \xC3\xA9\n");
}

TEST_F(LogFileTest, GoesOnWhereTheLastProcessEnded) {
  for (const char* line : {"before", "after"}) {
    LogFile file(path_, 1 << 20, 5, clock_);
    EXPECT_TRUE(file.Write(line).ok());
  }
  EXPECT_EQ(ReadAll(path_), "before\nafter\n");
}

TEST_F(LogFileTest, IsClosedWhenItIsFullAndKeepsAsManyAsItIsTold) {
  LogFile file(path_, 40, 2, clock_);
  for (int i = 10; i < 20; ++i) {
    EXPECT_TRUE(file.Write("line " + std::to_string(i) + " fills a file").ok());  // 20 bytes
  }
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(path_), "line 19 fills a file\n");
  EXPECT_EQ(ReadAll(folder_ / "logs/moorage.1.log"), "line 18 fills a file\n");
  EXPECT_EQ(ReadAll(folder_ / "logs/moorage.2.log"), "line 17 fills a file\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "logs/moorage.3.log"));
}

TEST_F(LogFileTest, LosesLinesOfADiskThatRefusesAndTriesAgainASecondLater) {
  const std::string full = folder_ / "full.log";
  std::filesystem::create_symlink("/dev/full", full);
  LogFile file(full, 1 << 20, 5, clock_);
  const bool refused = !file.Write("lost").ok() || !file.Flush().ok();
  EXPECT_TRUE(refused);
  std::filesystem::remove(full);
  clock_.Advance(milliseconds(999));
  const base::Status early = file.Write("too early");
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, base::Code::kUnavailable);
  clock_.Advance(milliseconds(1));
  EXPECT_TRUE(file.Write("written").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(full), "written\n");
}

// Bounds the length of files of this process while it lives, as a full disk does.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    (void)std::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit bound{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &bound), 0);
  }
  ~FullDisk() { EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST_F(LogFileTest, TakesBackALineThatTheDiskTookInPart) {
  LogFile file(path_, 1 << 20, 5, clock_);
  EXPECT_TRUE(file.Write("whole").ok());
  EXPECT_TRUE(file.Flush().ok());
  {
    const FullDisk disk(10);
    EXPECT_TRUE(file.Write("torn in its middle").ok());
    EXPECT_FALSE(file.Flush().ok());
  }
  EXPECT_EQ(ReadAll(path_), "whole\n");
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_TRUE(file.Write("written").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(path_), "whole\nwritten\n");
}

TEST_F(LogFileTest, BeginsALineOfItsOwnAfterTheTornLineOfAProcessThatEnded) {
  std::filesystem::create_directories(folder_ / "logs");
  std::ofstream(path_) << "whole\ntorn";
  LogFile file(path_, 1 << 20, 5, clock_);
  EXPECT_TRUE(file.Write("written").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(path_), "whole\ntorn\nwritten\n");
}

TEST_F(LogFileTest, IsMadeAgainWithItsFolderASecondAfterItWasRemoved) {
  LogFile file(path_, 1 << 20, 5, clock_);
  EXPECT_TRUE(file.Write("removed").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_FALSE(file.TakeReplaced());
  std::filesystem::remove_all(folder_ / "logs");
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_TRUE(file.Write("written").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(path_), "written\n");
  EXPECT_TRUE(file.TakeReplaced());
  EXPECT_FALSE(file.TakeReplaced()) << "told twice";
}

TEST_F(LogFileTest, GoesOnInTheFileThatHasItsNameWhenItIsOpenedAgain) {
  LogFile file(path_, 1 << 20, 5, clock_);
  EXPECT_TRUE(file.Write("before").ok());
  std::filesystem::create_directories(folder_ / "logs");
  EXPECT_TRUE(file.Reopen().ok());
  std::filesystem::rename(path_, folder_ / "moved.log");
  EXPECT_TRUE(file.Reopen().ok());
  EXPECT_TRUE(file.Write("after").ok());
  EXPECT_TRUE(file.Flush().ok());
  EXPECT_EQ(ReadAll(folder_ / "moved.log"), "before\n");
  EXPECT_EQ(ReadAll(path_), "after\n");
}

TEST_F(LogFileTest, WaitsForNoPipeThatNoProcessReads) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  LogFile file(pipe, 1 << 20, 5, clock_);
  EXPECT_FALSE(file.Write("lost").ok());
}

}  // namespace
}  // namespace moorage::telemetry
