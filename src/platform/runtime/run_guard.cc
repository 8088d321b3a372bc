#include "platform/runtime/run_guard.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <array>
#include <atomic>
#include <bit>
#include <csignal>
#include <cstdint>

#include "platform/runtime/crash_marker.h"
#include "platform/runtime/integer_division.h"

namespace moorage::runtime {
namespace {

constexpr std::array kFaults = {SIGFPE, SIGSEGV, SIGBUS, SIGILL, SIGABRT};
constexpr std::size_t kStackBytes = 64U << 10U;

// A signal handler has no other way to its state than a global.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
constinit thread_local GuardedRun* current_run = nullptr;
constinit thread_local bool is_prepared = false;
constinit std::array<struct sigaction, kFaults.size()> previous_actions{};
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

// A graph that calls itself may use up the stack of its thread, so that the handler needs another.
// A thread that has one already, as under a sanitizer, keeps it.
class AlternateStack {
 public:
  AlternateStack() {
    stack_t present{};
    if (::sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;
    void* const memory = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    memory_ = memory;
    const stack_t own{.ss_sp = memory_, .ss_flags = 0, .ss_size = kStackBytes};
    (void)::sigaltstack(&own, nullptr);
  }
  ~AlternateStack() {
    if (memory_ == nullptr) return;
    const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
    (void)::sigaltstack(&none, nullptr);
    ::munmap(memory_, kStackBytes);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  void* memory_ = nullptr;
};

// A thread that blocks a fault would end the process without its handler.
void PrepareThread() {
  thread_local const AlternateStack stack;
  sigset_t faults;
  ::sigemptyset(&faults);
  for (const int fault : kFaults) ::sigaddset(&faults, fault);
  (void)::pthread_sigmask(SIG_UNBLOCK, &faults, nullptr);
  is_prepared = true;
}

#if defined(__x86_64__)
// Makes the division at the instruction pointer one whose quotient and remainder are 0. Returns
// false if it is another instruction.
bool StepOverDivision(const siginfo_t& info, void* context) {
  if (info.si_code != FPE_INTDIV) return false;
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto division =
      DecodeIntegerDivision(std::bit_cast<const std::uint8_t*>(registers[REG_RIP]));
  if (!division) return false;
  // A write of 32 bits clears the upper half of a register. A narrower one leaves the rest alone.
  const greg_t kept = division->operand_bytes <= 2 ? ~greg_t{0xFFFF} : greg_t{0};
  registers[REG_RAX] &= kept;
  if (division->operand_bytes > 1) registers[REG_RDX] &= kept;
  registers[REG_RIP] += static_cast<greg_t>(division->length);
  return true;
}
#else
bool StepOverDivision(const siginfo_t& /*info*/, void* /*context*/) { return false; }
#endif

}  // namespace

struct RunGuardHandler {
  static void Handle(int signal, siginfo_t* info, void* context) {
    GuardedRun* const run = current_run;
    if (run != nullptr) {
      if (signal == SIGFPE && StepOverDivision(*info, context)) {
        run->divided_by_zero_ = 1;
        return;
      }
      WriteCrashMarker(run->digest_);
    }
    // The signal comes again once this handler returns, and finds the action that was there before.
    for (std::size_t i = 0; i < kFaults.size(); ++i) {
      if (kFaults[i] == signal) (void)::sigaction(signal, &previous_actions[i], nullptr);
    }
    (void)::raise(signal);
  }
};

void InstallRunGuard() {
  [[maybe_unused]] static const bool once = [] {
    struct sigaction action{};
    action.sa_sigaction = &RunGuardHandler::Handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kFaults.size(); ++i) {
      (void)::sigaction(kFaults[i], &action, &previous_actions[i]);
    }
    return true;
  }();
}

GuardedRun::GuardedRun(std::string_view digest) : digest_(digest), outer_(current_run) {
  if (!is_prepared) PrepareThread();
  current_run = this;
  // The compiler knows nothing of the handler, and must not move the run before this line.
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

GuardedRun::~GuardedRun() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  current_run = outer_;
}

bool GuardedRun::divided_by_zero() const {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return divided_by_zero_ != 0;
}

}  // namespace moorage::runtime
