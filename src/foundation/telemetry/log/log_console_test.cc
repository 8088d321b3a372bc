#include "foundation/telemetry/log/log_console.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace moorage::telemetry {
namespace {

class LogConsoleTest : public testing::Test {
 protected:
  LogConsoleTest() {
    (void)std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    EXPECT_GT(::fcntl(ends_[1], F_SETPIPE_SZ, 4096), 0);
  }
  ~LogConsoleTest() override {
    for (const int end : ends_) ::close(end);
  }

  // Reads until so many bytes have come.
  std::string Read(std::size_t count) const {
    std::string text;
    std::array<char, 4096> part{};
    while (text.size() < count) {
      const ssize_t got = ::read(ends_[0], part.data(), part.size());
      if (got <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  void FillPipe() const {
    const std::string page(4096, '.');
    EXPECT_EQ(::write(ends_[1], page.data(), page.size()), 4096);
  }

  std::array<int, 2> ends_{};
};

TEST_F(LogConsoleTest, WritesLinesInTheirOrder) {
  LogConsole console(ends_[1]);
  console.Write(LogType::kServer, "one\n");
  console.Write(LogType::kServer, "two\n");
  console.Flush();
  EXPECT_EQ(Read(8), "one\ntwo\n");
}

TEST_F(LogConsoleTest, WritesALineThatIsLongerThanThePipe) {
  const std::string line = std::string(20'000, 'x') + "\n";
  LogConsole console(ends_[1]);
  console.Write(LogType::kServer, line);
  EXPECT_EQ(Read(line.size()), line);
}

TEST_F(LogConsoleTest, DropsAndCountsWhatAnUnreadPipeDoesNotTake) {
  FillPipe();
  LogConsole console(ends_[1]);
  const std::string line(1'000, 'x');
  for (int i = 0; i < 1'000; ++i) console.Write(LogType::kError, line);
  EXPECT_GT(console.dropped(LogType::kError), 700U);
  EXPECT_EQ(console.dropped(LogType::kServer), 0U);
}

TEST_F(LogConsoleTest, EndsWhileItsPipeIsFull) {
  FillPipe();
  LogConsole console(ends_[1]);
  console.Write(LogType::kServer, "never read\n");
}

TEST_F(LogConsoleTest, GoesOnOnceThePipeIsReadAgain) {
  FillPipe();
  LogConsole console(ends_[1]);
  console.Write(LogType::kServer, "late\n");
  EXPECT_EQ(Read(4096 + 5), std::string(4096, '.') + "late\n");
}

TEST_F(LogConsoleTest, WaitsForNoSocketThatNoProcessReads) {
  std::array<int, 2> sockets{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()), 0);
  {
    LogConsole console(sockets[1]);
    const std::string line(100'000, 'x');
    for (int i = 0; i < 20; ++i) console.Write(LogType::kServer, line);
    EXPECT_GT(console.dropped(LogType::kServer), 0U);
  }
  for (const int socket : sockets) ::close(socket);
}

TEST_F(LogConsoleTest, DropsLinesOfAConsoleThatIsGone) {
  ::close(ends_[0]);
  ends_[0] = -1;
  LogConsole console(ends_[1]);
  console.Write(LogType::kServer, "gone\n");
  console.Flush();
  EXPECT_EQ(console.dropped(LogType::kServer), 0U);
}

}  // namespace
}  // namespace moorage::telemetry
