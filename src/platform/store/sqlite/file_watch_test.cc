#include "platform/store/sqlite/file_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "foundation/base/testing/temporary_directory.h"

namespace moorage::store {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Reason = base::ChangeWatch::Reason;

class FileWatchTest : public testing::Test {
 protected:
  FileWatchTest() { std::filesystem::create_directories(folder_); }

  void Write(const std::string& name) const {
    std::ofstream(folder_ + "/" + name, std::ios::app) << "bytes" << std::flush;
  }
  std::unique_ptr<FileWatch> Watch() const {
    return std::make_unique<FileWatch>(folder_, std::vector<std::string>{"a.db"}, kShortLooks);
  }
  // The waits that follow a change end early until its last look.
  static void Settle(FileWatch& watch) {
    for (std::size_t look = 1; look < kShortLooks.size(); ++look) {
      EXPECT_EQ(watch.Wait(hours(1)), Reason::kChanged) << "look " << look;
    }
    EXPECT_EQ(watch.Wait(milliseconds(1)), Reason::kLimit);
  }

  static constexpr FileWatch::Looks kShortLooks = {milliseconds(1), milliseconds(1),
                                                   milliseconds(1)};

  const base::TemporaryDirectory directory_;
  const std::string folder_ = directory_.path() + "/data";
};

TEST_F(FileWatchTest, WaitsUntilTheLimitWhereNothingChanges) {
  const auto watch = Watch();
  EXPECT_EQ(watch->Wait(milliseconds(1)), Reason::kLimit);
}

TEST_F(FileWatchTest, AWriteEndsTheWaitAndTheCallerLooksSeveralTimes) {
  Write("a.db");
  const auto watch = Watch();
  std::thread writer([this] { Write("a.db"); });
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
  writer.join();
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
}

TEST_F(FileWatchTest, AWriteBeforeTheWaitIsNotLost) {
  Write("a.db");
  const auto watch = Watch();
  Write("a.db");
  Write("a.db");
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
  Settle(*watch);
}

TEST_F(FileWatchTest, AWakeUpEndsTheWait) {
  const auto watch = Watch();
  watch->Wake();
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kWoken);
  std::thread other([&watch] { watch->Wake(); });
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kWoken);
  other.join();
  EXPECT_EQ(watch->Wait(milliseconds(1)), Reason::kLimit);
}

TEST_F(FileWatchTest, OtherFilesAreNotWatched) {
  Write("a.db");
  Write("other.log");
  const auto watch = Watch();
  Write("other.log");
  EXPECT_EQ(watch->Wait(milliseconds(1)), Reason::kLimit);
}

TEST_F(FileWatchTest, AFileThatIsCreatedOrReplacedIsWatchedFromThenOn) {
  const auto watch = Watch();
  Write("a.db");
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
  Settle(*watch);
  Write("new");
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged) << "a file appeared in the directory";
  Settle(*watch);
  std::filesystem::rename(folder_ + "/new", folder_ + "/a.db");
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
  Settle(*watch);
  Write("a.db");
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
  Settle(*watch);
}

TEST_F(FileWatchTest, ADirectoryThatIsNotThereIsWatchedOnceItIs) {
  std::filesystem::remove_all(folder_);
  const auto watch = Watch();
  EXPECT_EQ(watch->Wait(milliseconds(1)), Reason::kLimit);
  std::filesystem::create_directories(folder_);
  EXPECT_EQ(watch->Wait(milliseconds(1)), Reason::kLimit);
  Write("a.db");
  EXPECT_EQ(watch->Wait(hours(1)), Reason::kChanged);
}

}  // namespace
}  // namespace moorage::store
