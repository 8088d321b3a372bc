#include "platform/worker/child_setup.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

namespace moorage::worker {
namespace {

constexpr rlim_t kDescriptors = 64;
constexpr int kStatus = 3;  // where the status pipe is while the rest is closed
constexpr int kAside = 16;  // above every descriptor that the child gives a meaning
constexpr int kPriority = 10;
constexpr int kSetupExitCode = 127;

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the filter of system calls needs the name of this architecture"
#endif

// Connections to others, ways around this filter, control of other processes, and ways out of the
// process group by which the parent ends a child with its descendants.
constexpr auto kRefused = std::to_array<std::uint32_t>({
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_io_uring_setup,
    SYS_bpf,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_send_signal,
    SYS_setsid,
    SYS_setpgid,
    SYS_unshare,
    SYS_setns,
    SYS_userfaultfd,
    SYS_perf_event_open,
});

bool Bound(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
  rlimit old{};
  if (::getrlimit(resource, &old) != 0) return false;
  // A process without privileges may not raise a bound that it was given.
  const rlimit bound{.rlim_cur = std::min(soft, old.rlim_max),
                     .rlim_max = std::min(hard, old.rlim_max)};
  return ::setrlimit(resource, &bound) == 0;
}

bool BoundAll(const ChildPlan& plan) {
  // The soft bound sends SIGXCPU, which names the reason. The hard one cannot be ignored.
  const rlim_t last =
      plan.processor_seconds == RLIM_INFINITY ? RLIM_INFINITY : plan.processor_seconds + 1;
  return Bound(RLIMIT_AS, plan.memory_bytes, plan.memory_bytes) &&
         Bound(RLIMIT_CPU, plan.processor_seconds, last) && Bound(RLIMIT_CORE, 0, 0) &&
         Bound(RLIMIT_FSIZE, 0, 0) && Bound(RLIMIT_NOFILE, kDescriptors, kDescriptors);
}

// A handler of the parent would run in the memory of the parent.
void ForgetSignals() {
  struct sigaction normal{};
  normal.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) (void)::sigaction(number, &normal, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The work of the parent comes first, and the child is the first to go when memory is short. No
// result depends on either, and a container may refuse both.
void GiveWay() {
  (void)::setpriority(PRIO_PROCESS, 0, kPriority);
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!::write(fd, "1000", 4);
  ::close(fd);
}

bool CloseFrom(int first) {
  if (::syscall(SYS_close_range, first, ~0U, 0) == 0) return true;
  // Kernels before 5.9 do not have the call.
  rlimit open{};
  if (::getrlimit(RLIMIT_NOFILE, &open) != 0) return false;
  const rlim_t last = std::min<rlim_t>(open.rlim_max, 1U << 20U);
  for (rlim_t fd = static_cast<rlim_t>(first); fd < last; ++fd) ::close(static_cast<int>(fd));
  return true;
}

// Returns false if a descriptor cannot be had. The status pipe is at kStatus afterwards.
bool ArrangeDescriptors(const ChildPlan& plan) {
  // The descriptors of the parent may have the very numbers that they must not have here.
  const int channel = ::fcntl(plan.channel, F_DUPFD, kAside);
  const int errors = ::fcntl(plan.errors, F_DUPFD, kAside);
  const int status = ::fcntl(plan.status, F_DUPFD, kAside);
  return channel >= 0 && errors >= 0 && status >= 0 && ::dup2(channel, STDIN_FILENO) >= 0 &&
         ::dup2(channel, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0 &&
         ::dup3(status, kStatus, O_CLOEXEC) >= 0 && CloseFrom(kStatus + 1);
}

// A filter of the kernel that answers EPERM to the refused calls. Returns true, too, where the
// kernel has no filters, such as under the emulation of another processor.
bool Seal() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  constexpr auto kLoad = static_cast<std::uint16_t>(BPF_LD | BPF_W | BPF_ABS);
  constexpr auto kEqual = static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K);
  constexpr auto kAtLeast = static_cast<std::uint16_t>(BPF_JMP | BPF_JGE | BPF_K);
  constexpr auto kReturn = static_cast<std::uint16_t>(BPF_RET | BPF_K);
  constexpr std::uint32_t kX32 = 0x40000000;  // the second table of calls of x86-64
  constexpr std::size_t kHead = 5;
  constexpr std::size_t kCount = kRefused.size();

  std::array<sock_filter, kHead + kCount + 2> filter = {{
      {kLoad, 0, 0, offsetof(seccomp_data, arch)},
      {kEqual, 1, 0, kArchitecture},
      {kReturn, 0, 0, SECCOMP_RET_KILL_PROCESS},
      {kLoad, 0, 0, offsetof(seccomp_data, nr)},
      {kAtLeast, static_cast<std::uint8_t>(kCount + 1), 0, kX32},
  }};
  for (std::size_t i = 0; i < kCount; ++i) {
    // Jumps over the other comparisons and over the answer that allows.
    filter[kHead + i] = {kEqual, static_cast<std::uint8_t>(kCount - i), 0, kRefused[i]};
  }
  filter[kHead + kCount] = {kReturn, 0, 0, SECCOMP_RET_ALLOW};
  filter[kHead + kCount + 1] = {kReturn, 0, 0, SECCOMP_RET_ERRNO | EPERM};

  const sock_fprog program = {.len = static_cast<unsigned short>(filter.size()),
                              .filter = filter.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 || errno == EINVAL ||
         errno == ENOSYS;
}

[[noreturn]] void Fail(int status, SetupStep step) {
  const SetupFailure failure{.step = step, .error = errno};
  (void)!::write(status, &failure, sizeof failure);
  ::_exit(kSetupExitCode);
}

}  // namespace

std::string_view Name(SetupStep step) {
  switch (step) {
    case SetupStep::kGroup:
      return "a process group";
    case SetupStep::kParent:
      return "the signal at the end of its parent";
    case SetupStep::kLimits:
      return "limits";
    case SetupStep::kDescriptors:
      return "descriptors";
    case SetupStep::kSeal:
      return "the filter of system calls";
    case SetupStep::kProgram:
      return "its program";
  }
  return {};
}

void BecomeChild(const ChildPlan& plan) {
  if (::setpgid(0, 0) != 0) Fail(plan.status, SetupStep::kGroup);
  // The parent may have ended before the signal was asked for.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::getppid() != plan.parent) {
    Fail(plan.status, SetupStep::kParent);
  }
  ForgetSignals();
  GiveWay();
  if (!ArrangeDescriptors(plan)) Fail(plan.status, SetupStep::kDescriptors);
  if (!BoundAll(plan)) Fail(kStatus, SetupStep::kLimits);
  if (!Seal()) Fail(kStatus, SetupStep::kSeal);
  ::execve(plan.executable, plan.arguments, plan.environment);
  Fail(kStatus, SetupStep::kProgram);
}

}  // namespace moorage::worker
