#include "platform/worker/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "platform/worker/owned_descriptor.h"
#include "platform/worker/worker_channel.h"

namespace moorage::worker {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// The children of these tests are this program again. The variable says what to do in place of
// running tests.
constexpr const char* kDeed = "MOORAGE_WORKER_DEED";

[[noreturn]] void TakeMemory() {
  std::vector<std::string> held;
  while (true) held.emplace_back(16U << 20U, 'x');
}

std::string OpenDescriptors() {
  std::string list;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    // The iterator holds one itself.
    if (!std::filesystem::read_symlink(entry.path()).string().starts_with("/proc/")) {
      list += std::to_string(fd) + " ";
    }
  }
  return list;
}

int DoDeed(std::string_view deed) {
  if (deed == "echo") {
    const auto input = ReadInput(64U << 20U);
    return input.ok() && WriteAnswer(*input).ok() ? 0 : 1;
  }
  if (deed == "take memory") TakeMemory();
  if (deed == "take memory politely") {
    try {
      TakeMemory();
    } catch (const std::bad_alloc&) {
      return kMemoryExitCode;
    }
  }
  if (deed == "divide by zero") {
    // A sanitizer catches the signal and would exit.
    (void)std::signal(SIGFPE, SIG_DFL);
    return ::raise(SIGFPE);
  }
  if (deed == "open a socket") return ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
  if (deed == "leave the group") return ::setsid() < 0 ? errno : 0;
  if (deed == "list descriptors") return WriteAnswer(OpenDescriptors()).ok() ? 0 : 1;
  if (deed == "read the bounds") {
    rlimit core{};
    rlimit open{};
    (void)::getrlimit(RLIMIT_CORE, &core);
    (void)::getrlimit(RLIMIT_NOFILE, &open);
    std::string score;
    std::ifstream("/proc/self/oom_score_adj") >> score;
    return WriteAnswer("core " + std::to_string(core.rlim_cur) + ", descriptors " +
                       std::to_string(open.rlim_cur) + ", nice " +
                       std::to_string(::getpriority(PRIO_PROCESS, 0)) + ", score " + score)
                   .ok()
               ? 0
               : 1;
  }
  if (deed == "leave a descendant") {
    const pid_t descendant = ::fork();
    if (descendant == 0) {
      while (true) ::pause();
    }
    return WriteAnswer(std::to_string(descendant)).ok() ? 0 : 1;
  }
  return 99;
}

// Runs before main.
[[maybe_unused]] const bool no_deed = [] {
  if (const char* deed = std::getenv(kDeed)) ::_exit(DoDeed(deed));
  return true;
}();

constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

// Memory is bounded where the test asks for it, because a sanitizer maps more than any bound.
ChildLimits Limits() { return ChildLimits{.processor_time = 20s, .wall_time = 60s}; }

base::Result<ChildOutcome> Start(const ChildCommand& command, const ChildLimits& limits,
                                 std::string_view input = {}, const base::CancelToken& token = {}) {
  const std::array pieces = {input.substr(0, input.size() / 2), input.substr(input.size() / 2)};
  return RunChild(command, pieces, limits, token);
}

ChildOutcome Deed(std::string_view deed, const ChildLimits& limits = Limits(),
                  std::string_view input = {}) {
  const auto outcome = Start({.executable = "/proc/self/exe",
                              .environment = {std::string(kDeed) + "=" + std::string(deed)}},
                             limits, input);
  EXPECT_TRUE(outcome.ok()) << outcome.error().message;
  return outcome.value_or(ChildOutcome{});
}

ChildOutcome Shell(std::string_view script, const ChildLimits& limits = Limits(),
                   std::string_view input = {}) {
  const auto outcome =
      Start({.executable = "/bin/sh", .arguments = {"-c", std::string(script)}}, limits, input);
  EXPECT_TRUE(outcome.ok()) << outcome.error().message;
  return outcome.value_or(ChildOutcome{});
}

// Each test leaves neither a descriptor nor a process behind.
class ChildProcess : public ::testing::Test {
 protected:
  ChildProcess() : before_(OpenDescriptors()) {}
  void TearDown() override {
    EXPECT_EQ(OpenDescriptors(), before_);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
  }

 private:
  std::string before_;
};

TEST_F(ChildProcess, AnswersWhatItMadeOfItsInput) {
  const std::string input(3U << 20U, 'm');
  ChildLimits limits = Limits();
  limits.answer_bytes = input.size();
  const ChildOutcome outcome = Deed("echo", limits, input);
  EXPECT_EQ(outcome.end, ChildEnd::kExited);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.answer, input);
}

TEST_F(ChildProcess, GetsItsInputAsAPlainProgramDoes) {
  EXPECT_EQ(Shell("cat", Limits(), "a model").answer, "a model");
  EXPECT_EQ(Shell("exit 3").exit_code, 3);
}

TEST_F(ChildProcess, IsEndedAfterItsProcessorTime) {
  ChildLimits limits = Limits();
  limits.processor_time = 1s;
  const ChildOutcome outcome = Shell("while :; do :; done", limits);
  EXPECT_EQ(outcome.end, ChildEnd::kProcessorTime);
  EXPECT_EQ(Describe(outcome, limits), "took more than 1s of processor time");
}

TEST_F(ChildProcess, IsEndedAfterItsProcessorTimeThoughItIgnoresTheSignal) {
  ChildLimits limits = Limits();
  limits.processor_time = 1s;
  EXPECT_EQ(Shell("trap '' XCPU; while :; do :; done", limits).end, ChildEnd::kProcessorTime);
}

TEST_F(ChildProcess, IsEndedAfterItsWallTimeThoughItIgnoresEverySignal) {
  ChildLimits limits = Limits();
  limits.wall_time = 100ms;
  const ChildOutcome outcome = Shell("trap '' TERM INT HUP; sleep 60; sleep 60", limits);
  EXPECT_EQ(outcome.end, ChildEnd::kWallTime);
  EXPECT_EQ(Describe(outcome, limits), "took longer than 100ms");
}

TEST_F(ChildProcess, MayNotTakeMoreMemoryThanItsBound) {
  if (kSanitized) return;  // a sanitizer maps more address space than a bound allows
  ChildLimits limits = Limits();
  limits.memory_bytes = 256U << 20U;
  for (const char* deed : {"take memory", "take memory politely"}) {
    const ChildOutcome outcome = Deed(deed, limits);
    EXPECT_EQ(outcome.end, ChildEnd::kMemory) << deed << ": " << outcome.errors;
    EXPECT_EQ(Describe(outcome, limits), "took more than 256MiB of memory");
  }
}

TEST_F(ChildProcess, NamesTheSignalThatEndedIt) {
  const ChildOutcome outcome = Deed("divide by zero");
  EXPECT_EQ(outcome.end, ChildEnd::kSignal);
  EXPECT_EQ(outcome.signal, SIGFPE);
  EXPECT_EQ(Describe(outcome, Limits()), "ended by signal 8 (SIGFPE)");
  EXPECT_EQ(Shell("kill -ABRT $$").signal, SIGABRT);
}

TEST_F(ChildProcess, IsKilledByAnotherOnlyWhenMemoryIsShort) {
  EXPECT_EQ(Shell("kill -KILL $$").end, ChildEnd::kMemory);
}

TEST_F(ChildProcess, WritesNoFile) {
  const std::string path = "/tmp/moorage-worker-test-" + std::to_string(::getpid());
  const ChildOutcome outcome = Shell("echo text > " + path);
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  EXPECT_TRUE(ignored || size == 0);
  std::filesystem::remove(path, ignored);
  EXPECT_EQ(outcome.signal, SIGXFSZ);
}

TEST_F(ChildProcess, OpensNoSocket) { EXPECT_EQ(Deed("open a socket").exit_code, EPERM); }

TEST_F(ChildProcess, HasThreeDescriptorsOfItsParentAndNoOther) {
  const OwnedDescriptor leaky(::open("/dev/null", O_RDONLY));  // without O_CLOEXEC
  EXPECT_EQ(Deed("list descriptors").answer, "0 1 2 ");
}

TEST_F(ChildProcess, GivesWayToItsParent) {
  EXPECT_EQ(Deed("read the bounds").answer, "core 0, descriptors 64, nice 10, score 1000");
}

TEST_F(ChildProcess, SeesOnlyTheEnvironmentThatItIsGiven) {
  const auto outcome = Start({.executable = "/bin/sh",
                              .arguments = {"-c", "echo $HOME,$GIVEN"},
                              .environment = {"GIVEN=yes"}},
                             Limits());
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->answer, ",yes\n");
}

TEST_F(ChildProcess, IsEndedWhenItAnswersTooMuch) {
  ChildLimits limits = Limits();
  limits.answer_bytes = 100'000;
  const ChildOutcome outcome = Shell("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done", limits);
  EXPECT_EQ(outcome.end, ChildEnd::kAnswer);
  EXPECT_EQ(outcome.answer, "");
  EXPECT_EQ(Describe(outcome, limits), "answered more than 100kB");
}

TEST_F(ChildProcess, MayWriteManyErrorsOfWhichTheFirstAreKept) {
  const ChildOutcome outcome =
      Shell("i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done; echo done");
  EXPECT_EQ(outcome.answer, "done\n");
  EXPECT_EQ(outcome.errors.size(), kMaxChildErrors);
  EXPECT_THAT(outcome.errors, HasSubstr("line 17\n"));
}

TEST_F(ChildProcess, MayCloseItsInputEarlyAndAnswerStill) {
  const ChildOutcome outcome = Shell("exec <&-; echo seen", Limits(), std::string(4U << 20U, 'x'));
  EXPECT_EQ(outcome.end, ChildEnd::kExited);
  EXPECT_EQ(outcome.answer, "seen\n");
}

TEST_F(ChildProcess, MayEndWithoutReadingItsInput) {
  EXPECT_EQ(Shell("exit 5", Limits(), std::string(4U << 20U, 'x')).exit_code, 5);
}

TEST_F(ChildProcess, MayCloseEverythingAndIsAwaitedStill) {
  EXPECT_EQ(Shell("exec <&- >&- 2>&-; exit 7").exit_code, 7);
}

// Waits until a process has a child. Returns nothing after 30 s.
std::string ChildOf(pid_t pid) {
  const std::string task = std::to_string(pid);
  for (int i = 0; i < 3'000; ++i) {
    std::ifstream file("/proc/" + task + "/task/" + task + "/children");
    std::string first;
    if (file >> first) return first;
    (void)::poll(nullptr, 0, 10);
  }
  return {};
}

TEST_F(ChildProcess, IsEndedWhenTheTokenIsCancelled) {
  base::CancelSource source;
  std::jthread canceller([&] {
    EXPECT_NE(ChildOf(::getpid()), "") << "no child after 30 s";
    source.Cancel(base::CancelReason::kShutdown);
  });
  const auto outcome = Start({.executable = "/bin/sh", .arguments = {"-c", "sleep 60"}}, Limits(),
                             {}, source.token());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, base::Code::kUnavailable);
}

TEST_F(ChildProcess, IsNotStartedForACancelledToken) {
  base::CancelSource source;
  source.Cancel(base::CancelReason::kClientGone);
  const auto outcome = Start({.executable = "/bin/sh"}, Limits(), {}, source.token());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, base::Code::kCancelled);
}

TEST_F(ChildProcess, ThatCannotBeStartedIsAnErrorThatNamesTheProgram) {
  const auto outcome = Start({.executable = "/nowhere/program"}, Limits());
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().message,
            "start a child process: /nowhere/program: No such file or directory");
}

// A process that was killed is gone, or waits for a parent that takes notice.
bool HasEnded(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  if (!(file >> number >> name >> state)) return true;
  return state == "Z" || state == "X";
}

testing::AssertionResult EndsSoon(pid_t pid) {
  for (int i = 0; i < 3'000; ++i) {
    if (HasEnded(pid)) return testing::AssertionSuccess();
    (void)::poll(nullptr, 0, 10);
  }
  return testing::AssertionFailure() << pid << " still runs after 30 s";
}

TEST_F(ChildProcess, TakesItsDescendantsWithIt) {
  const ChildOutcome outcome = Deed("leave a descendant");
  ASSERT_EQ(outcome.end, ChildEnd::kExited);
  EXPECT_TRUE(EndsSoon(std::stoi(outcome.answer)));
}

TEST_F(ChildProcess, CannotLeaveTheGroupByWhichItIsEnded) {
  EXPECT_EQ(Deed("leave the group").exit_code, EPERM);
}

TEST_F(ChildProcess, EndsWithItsParent) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    const auto outcome =
        Start({.executable = "/bin/sh", .arguments = {"-c", "exec sleep 60"}}, Limits());
    ::_exit(outcome.ok() ? 0 : 1);
  }
  const std::string child = ChildOf(parent);
  ASSERT_NE(child, "") << "no child after 30 s";
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(EndsSoon(std::stoi(child)));
}

TEST_F(ChildProcess, MayRunBesideOthers) {
  std::vector<std::jthread> threads;
  std::array<std::string, 8> answers;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = Shell("cat", Limits(), std::to_string(i)).answer; });
  }
  threads.clear();
  for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i], std::to_string(i));
}

}  // namespace
}  // namespace moorage::worker
