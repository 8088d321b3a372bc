#include "platform/worker/exit_deadline.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>

namespace moorage::worker {
namespace {

TEST(ExitDeadline, EndsWhatIsNotOverInTime) {
  std::latch ended(1);
  const ExitDeadline deadline(std::chrono::milliseconds(1), [&] { ended.count_down(); });
  ended.wait();
}

TEST(ExitDeadline, DoesNothingOnceAllIsOver) {
  bool ended = false;
  {
    const ExitDeadline deadline(std::chrono::hours(1), [&] { ended = true; });
  }
  EXPECT_FALSE(ended);
}

TEST(ExitDeadline, LeavesAProcessThatWouldNotEnd) {
  const pid_t child = ::fork();
  if (child == 0) {
    const ExitDeadline deadline(std::chrono::milliseconds(1), &ExitDeadline::LeaveNow);
    while (true) ::pause();
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace moorage::worker
