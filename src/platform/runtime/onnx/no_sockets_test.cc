#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>

// The runtime opens no socket. Its own tests run once more in a process that the kernel kills at
// the first socket(), socketpair() or connect().

namespace moorage::runtime {
namespace {

bool ForbidSockets() {
  constexpr std::uint32_t kNumber = offsetof(seccomp_data, nr);
  constexpr auto kLoad = static_cast<std::uint16_t>(BPF_LD | BPF_W | BPF_ABS);
  constexpr auto kEqual = static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K);
  constexpr auto kReturn = static_cast<std::uint16_t>(BPF_RET | BPF_K);
  std::array<sock_filter, 6> filter = {{
      {kLoad, 0, 0, kNumber},
      {kEqual, 3, 0, SYS_socket},
      {kEqual, 2, 0, SYS_socketpair},
      {kEqual, 1, 0, SYS_connect},
      {kReturn, 0, 0, SECCOMP_RET_ALLOW},
      {kReturn, 0, 0, SECCOMP_RET_KILL_PROCESS},
  }};
  sock_fprog program = {.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

int WaitFor(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

constexpr int kNoFilter = 97;

TEST(Runtime, OpensNoSocketWhileItLoadsAndRunsModels) {
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    if (!ForbidSockets()) _exit(kNoFilter);
    execl("/proc/self/exe", "runtime_test",
          "--gtest_filter=OnnxBackendTest.*:OnnxSessionTest.*:All/Example.*", nullptr);
    _exit(kNoFilter);
  }
  const int status = WaitFor(child);
  EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Runtime, WouldBeKilledIfItOpenedASocket) {
  const pid_t child = fork();
  if (child == 0) {
    if (!ForbidSockets()) _exit(kNoFilter);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    _exit(fd < 0 ? 1 : 0);
  }
  const int status = WaitFor(child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

}  // namespace
}  // namespace moorage::runtime
