#include "foundation/telemetry/log/log_file.h"

#include <filesystem>
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

}  // namespace
}  // namespace moorage::telemetry
