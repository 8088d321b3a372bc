#include "platform/worker/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "foundation/base/units.h"
#include "platform/worker/child_setup.h"
#include "platform/worker/owned_descriptor.h"

namespace moorage::worker {
namespace {

constexpr std::size_t kReadBytes = 64U << 10U;
// How often a kernel without descriptors of processes is asked whether the child has ended.
constexpr int kAskAgainMs = 10;

base::Error SystemError(const char* what) {
  return base::Error{base::Code::kUnavailable, std::string("start a child process: ") + what +
                                                   ": " + std::generic_category().message(errno)};
}

template <typename Call>
auto Again(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

// What the parent holds of a child. All of it closes at exec.
struct Wires {
  OwnedDescriptor channel, child_channel;
  OwnedDescriptor errors, child_errors;
  OwnedDescriptor status, child_status;
  OwnedDescriptor timer;
  OwnedDescriptor cancelled;
};

base::Result<Wires> MakeWires(const ChildLimits& limits) {
  Wires wires;
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return SystemError("socketpair");
  }
  wires.channel = OwnedDescriptor(pair[0]);
  wires.child_channel = OwnedDescriptor(pair[1]);
  // Only the parent's end, because a plain program expects to wait for its input.
  if (::fcntl(wires.channel.fd(), F_SETFL, O_NONBLOCK) != 0) return SystemError("fcntl");
  if (::pipe2(pair.data(), O_CLOEXEC) != 0) return SystemError("pipe");
  wires.errors = OwnedDescriptor(pair[0]);
  wires.child_errors = OwnedDescriptor(pair[1]);
  if (::fcntl(wires.errors.fd(), F_SETFL, O_NONBLOCK) != 0) return SystemError("fcntl");
  if (::pipe2(pair.data(), O_CLOEXEC) != 0) return SystemError("pipe");
  wires.status = OwnedDescriptor(pair[0]);
  wires.child_status = OwnedDescriptor(pair[1]);

  wires.timer = OwnedDescriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (wires.timer.fd() < 0) return SystemError("timerfd");
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(limits.wall_time);
  const std::chrono::nanoseconds rest = limits.wall_time - whole;
  // A timer of zero would never ring.
  const itimerspec end{
      .it_interval = {},
      .it_value = {.tv_sec = whole.count(), .tv_nsec = std::max<long>(1, rest.count())}};
  if (::timerfd_settime(wires.timer.fd(), 0, &end, nullptr) != 0) return SystemError("timerfd");
  wires.cancelled = OwnedDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wires.cancelled.fd() < 0) return SystemError("eventfd");
  return wires;
}

// A child that is not reaped yet. Its destructor ends it, with every process of its group.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {
    process_ = OwnedDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) (void)Reap();
  }

  struct Last {
    int status = 0;
    std::chrono::microseconds processor_time{0};
  };

  // -1 if the kernel has no descriptors of processes.
  int process() const { return process_.fd(); }

  bool HasEnded() const {
    siginfo_t info{};
    return Again([&] {
             return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
           }) == 0 &&
           info.si_pid != 0;
  }

  // Ends what is left of it. Its number belongs to the group until it is reaped, so no other
  // process can be hit.
  Last Reap() {
    (void)::kill(-pid_, SIGKILL);
    (void)::kill(pid_, SIGKILL);
    Last last;
    rusage used{};
    (void)Again([&] { return ::wait4(pid_, &last.status, 0, &used); });
    pid_ = -1;
    for (const timeval& time : {used.ru_utime, used.ru_stime}) {
      last.processor_time +=
          std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    }
    return last;
  }

 private:
  pid_t pid_;
  OwnedDescriptor process_;
};

// execve wants pointers to characters that may change. The strings are those of the caller.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The child borrows the memory of the parent until it has its program, so that a parent of many
// gigabytes need not copy its page tables. The calling thread waits for that. The mask keeps
// signal handlers from running in the child.
pid_t Fork(const ChildPlan& plan) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid == 0) BecomeChild(plan);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

base::Error FailureOf(const ChildCommand& command, const SetupFailure& failure) {
  const std::string what =
      failure.step == SetupStep::kProgram ? command.executable : std::string(Name(failure.step));
  return base::Error{base::Code::kUnavailable, "start a child process: " + what + ": " +
                                                   std::generic_category().message(failure.error)};
}

// Sends input and takes answer and errors until the child has ended or must be ended.
class Conversation {
 public:
  Conversation(Wires& wires, std::span<const std::string_view> input, const ChildLimits& limits)
      : wires_(wires), input_(input), limits_(limits), buffer_(kReadBytes, '\0') {
    SkipSentPieces();
  }

  enum class Stop : std::uint8_t { kEnded, kWallTime, kAnswer, kCancelled };

  Stop Run(const Child& child) {
    while (true) {
      std::array<pollfd, 5> waits = {{
          {wires_.channel.fd(), ChannelEvents(), 0},
          {wires_.errors.fd(), POLLIN, 0},
          {child.process(), POLLIN, 0},
          {wires_.timer.fd(), POLLIN, 0},
          {wires_.cancelled.fd(), POLLIN, 0},
      }};
      (void)Again([&] {
        return ::poll(waits.data(), waits.size(), child.process() < 0 ? kAskAgainMs : -1);
      });
      if (waits[4].revents != 0) return Stop::kCancelled;
      // Asked before the last bytes are read, because what was written before the end is whole.
      const bool ended = waits[2].revents != 0 || (child.process() < 0 && child.HasEnded());
      if (waits[0].revents != 0 || ended) Send();
      if ((waits[0].revents != 0 || ended) && !ReceiveAnswer()) return Stop::kAnswer;
      if (waits[1].revents != 0 || ended) ReceiveErrors();
      if (ended) return Stop::kEnded;
      if (waits[3].revents != 0) return Stop::kWallTime;
    }
  }

  std::string TakeAnswer() { return std::move(answer_); }
  std::string TakeErrors() { return std::move(errors_); }

 private:
  short ChannelEvents() const {
    return static_cast<short>(POLLIN | (input_.empty() ? 0 : POLLOUT));
  }

  void SkipSentPieces() {
    while (!input_.empty() && sent_ == input_.front().size()) {
      input_ = input_.subspan(1);
      sent_ = 0;
    }
    if (input_.empty()) (void)::shutdown(wires_.channel.fd(), SHUT_WR);
  }

  void Send() {
    while (!input_.empty()) {
      const std::string_view rest = input_.front().substr(sent_);
      const ssize_t count =
          ::send(wires_.channel.fd(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count < 0) {  // it reads no more, and may answer still
        input_ = {};
        return;
      }
      sent_ += static_cast<std::size_t>(count);
      SkipSentPieces();
    }
  }

  // Returns false once there is more of the answer than there may be.
  bool ReceiveAnswer() {
    while (wires_.channel.fd() >= 0) {
      const ssize_t count =
          ::recv(wires_.channel.fd(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
      if (count <= 0) {
        wires_.channel = {};
        input_ = {};
        return true;
      }
      answer_.append(buffer_.data(), static_cast<std::size_t>(count));
      if (answer_.size() > limits_.answer_bytes) return false;
    }
    return true;
  }

  // Reads on behind the bound, so that a child that writes much is not held up. Once per wake-up,
  // so that one that writes without end does not hold up its own limits.
  void ReceiveErrors() {
    if (wires_.errors.fd() < 0) return;
    const ssize_t count = ::read(wires_.errors.fd(), buffer_.data(), buffer_.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
      wires_.errors = {};
      return;
    }
    const std::size_t left = kMaxChildErrors - errors_.size();
    errors_.append(buffer_.data(), std::min(left, static_cast<std::size_t>(count)));
  }

  Wires& wires_;
  std::span<const std::string_view> input_;
  const ChildLimits& limits_;
  std::size_t sent_ = 0;  // of the first piece
  std::string buffer_;
  std::string answer_;
  std::string errors_;
};

// Names the limit behind a signal. The kernel sends SIGKILL for a hard limit of processor time, and
// when memory is short.
ChildEnd EndOf(int signal, const Child::Last& last, std::string_view errors,
               const ChildLimits& limits) {
  if (signal == SIGXCPU) return ChildEnd::kProcessorTime;
  if (signal == SIGKILL) {
    return last.processor_time >= limits.processor_time ? ChildEnd::kProcessorTime
                                                        : ChildEnd::kMemory;
  }
  // The words of the C++ library about an allocation that failed where no code expected it.
  if (signal == SIGABRT && errors.find("bad_alloc") != std::string_view::npos) {
    return ChildEnd::kMemory;
  }
  return ChildEnd::kSignal;
}

void SetEnd(ChildOutcome& outcome, const Child::Last& last, const ChildLimits& limits) {
  if (WIFSIGNALED(last.status)) {
    outcome.signal = WTERMSIG(last.status);
    outcome.end = EndOf(outcome.signal, last, outcome.errors, limits);
    return;
  }
  outcome.exit_code = WEXITSTATUS(last.status);
  if (outcome.exit_code == kMemoryExitCode) outcome.end = ChildEnd::kMemory;
}

}  // namespace

base::Result<ChildOutcome> RunChild(const ChildCommand& command,
                                    std::span<const std::string_view> input,
                                    const ChildLimits& limits, const base::CancelToken& token) {
  RETURN_IF_ERROR(token.Check());
  ASSIGN_OR_RETURN(Wires wires, MakeWires(limits));
  const auto wake = token.WhenCancelled([fd = wires.cancelled.fd()] {
    const std::uint64_t one = 1;
    (void)!::write(fd, &one, sizeof one);
  });

  std::vector<std::string> arguments = command.arguments;
  arguments.insert(arguments.begin(), command.executable);
  std::vector<std::string> environment = command.environment;
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const ChildPlan plan{
      .executable = command.executable.c_str(),
      .arguments = argument_pointers.data(),
      .environment = environment_pointers.data(),
      .parent = ::getpid(),
      .channel = wires.child_channel.fd(),
      .errors = wires.child_errors.fd(),
      .status = wires.child_status.fd(),
      .memory_bytes = limits.memory_bytes == kAnyMemory ? RLIM_INFINITY : limits.memory_bytes,
      .processor_seconds = static_cast<rlim_t>(limits.processor_time.count())};
  const pid_t pid = Fork(plan);
  if (pid < 0) return SystemError("fork");
  Child child(pid);
  wires.child_channel = {};
  wires.child_errors = {};
  wires.child_status = {};

  SetupFailure failure;
  const ssize_t count = Again([&] { return ::read(wires.status.fd(), &failure, sizeof failure); });
  if (count == sizeof failure) return FailureOf(command, failure);

  Conversation conversation(wires, input, limits);
  const Conversation::Stop stop = conversation.Run(child);
  const Child::Last last = child.Reap();
  if (stop == Conversation::Stop::kCancelled) {
    RETURN_IF_ERROR(token.Check());
  }
  ChildOutcome outcome;
  outcome.answer = conversation.TakeAnswer();
  outcome.errors = conversation.TakeErrors();
  switch (stop) {
    case Conversation::Stop::kCancelled:
    case Conversation::Stop::kEnded:
      SetEnd(outcome, last, limits);
      break;
    case Conversation::Stop::kWallTime:
      outcome.end = ChildEnd::kWallTime;
      break;
    case Conversation::Stop::kAnswer:
      outcome.end = ChildEnd::kAnswer;
      outcome.answer.clear();
      break;
  }
  return outcome;
}

std::string Describe(const ChildOutcome& outcome, const ChildLimits& limits) {
  switch (outcome.end) {
    case ChildEnd::kExited:
      return "exited with code " + std::to_string(outcome.exit_code);
    case ChildEnd::kSignal: {
      const char* name = ::sigabbrev_np(outcome.signal);
      return "ended by signal " + std::to_string(outcome.signal) +
             (name == nullptr ? std::string() : std::string(" (SIG") + name + ")");
    }
    case ChildEnd::kMemory:
      return limits.memory_bytes == kAnyMemory
                 ? std::string("took more memory than there is")
                 : "took more than " + base::FormatBytes(limits.memory_bytes) + " of memory";
    case ChildEnd::kProcessorTime:
      return "took more than " + base::FormatDuration(limits.processor_time) + " of processor time";
    case ChildEnd::kWallTime:
      return "took longer than " + base::FormatDuration(limits.wall_time);
    case ChildEnd::kAnswer:
      return "answered more than " + base::FormatBytes(limits.answer_bytes);
  }
  return {};
}

}  // namespace moorage::worker
