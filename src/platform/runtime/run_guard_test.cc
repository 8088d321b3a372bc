#include "platform/runtime/run_guard.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>

#include "platform/runtime/testing/process_end.h"

namespace moorage::runtime {
namespace {

const std::string kGuarded = "sha256:" + std::string(64, 'a');

#if defined(__x86_64__)

struct Quotient {
  std::uint64_t quotient = 1;
  std::uint64_t remainder = 1;
};

// Assembly, because a division by zero has no meaning in C++.
Quotient Divide64(std::int64_t a, std::int64_t b) {
  Quotient q;
  asm volatile("cqto; idivq %[b]" : "=&a"(q.quotient), "=&d"(q.remainder) : "0"(a), [b] "r"(b));
  return q;
}

Quotient Divide64Memory(std::int64_t a, const std::int64_t& b) {
  Quotient q;
  asm volatile("cqto; idivq %[b]" : "=&a"(q.quotient), "=&d"(q.remainder) : "0"(a), [b] "m"(b));
  return q;
}

Quotient Divide32(std::int32_t a, std::int32_t b) {
  Quotient q;
  asm volatile("cltd; idivl %[b]"
               : "=&a"(q.quotient), "=&d"(q.remainder)
               : "0"(static_cast<std::int64_t>(a)), [b] "r"(b));
  return q;
}

Quotient DivideUnsigned16(std::uint64_t a, std::uint16_t b) {
  Quotient q;
  asm volatile("divw %[b]" : "=&a"(q.quotient), "=&d"(q.remainder) : "0"(a), "1"(a), [b] "r"(b));
  return q;
}

std::uint64_t DivideUnsigned8(std::uint64_t a, std::uint8_t b) {
  std::uint64_t result = 0;
  asm volatile("divb %[b]" : "=&a"(result) : "0"(a), [b] "r"(b));
  return result;
}

TEST(GuardedRun, MarksADivisionByZeroAndGoesOn) {
  InstallRunGuard();
  const GuardedRun guard(kGuarded);
  EXPECT_EQ(Divide64(7, 2).quotient, 3U);
  EXPECT_FALSE(guard.divided_by_zero());
  const Quotient none = Divide64(7, 0);
  EXPECT_EQ(none.quotient, 0U);
  EXPECT_EQ(none.remainder, 0U);
  EXPECT_TRUE(guard.divided_by_zero());
  EXPECT_EQ(Divide64(-7, 2).remainder, static_cast<std::uint64_t>(-1));
}

TEST(GuardedRun, MarksAQuotientThatDoesNotFit) {
  InstallRunGuard();
  const GuardedRun guard(kGuarded);
  EXPECT_EQ(Divide64(std::numeric_limits<std::int64_t>::min(), -1).quotient, 0U);
  EXPECT_TRUE(guard.divided_by_zero());
}

TEST(GuardedRun, StepsOverEveryWidth) {
  InstallRunGuard();
  const GuardedRun guard(kGuarded);
  EXPECT_EQ(Divide64Memory(7, 0).quotient, 0U);
  EXPECT_EQ(Divide32(7, 0).quotient, 0U);
  EXPECT_EQ(Divide32(std::numeric_limits<std::int32_t>::min(), -1).remainder, 0U);
  // The upper parts of the registers stay, as they do in a division that succeeds.
  EXPECT_EQ(DivideUnsigned16(0x1111111111111111, 0).quotient, 0x1111111111110000U);
  EXPECT_EQ(DivideUnsigned16(0x1111111111111111, 0).remainder, 0x1111111111110000U);
  EXPECT_EQ(DivideUnsigned8(0x1111111111111111, 0), 0x1111111111110000U);
}

TEST(GuardedRun, IsOneRunOfOneThread) {
  InstallRunGuard();
  const GuardedRun outer(kGuarded);
  {
    const GuardedRun inner(kGuarded);
    (void)Divide64(1, 0);
    EXPECT_TRUE(inner.divided_by_zero());
  }
  EXPECT_FALSE(outer.divided_by_zero());
  std::thread([&] {
    const GuardedRun other(kGuarded);
    (void)Divide64(1, 0);
    EXPECT_TRUE(other.divided_by_zero());
  }).join();
  EXPECT_FALSE(outer.divided_by_zero());
  (void)Divide64(1, 0);
  EXPECT_TRUE(outer.divided_by_zero());
}

TEST(GuardedRun, IsGuardedInAThreadThatBlocksEverySignal) {
  EXPECT_TRUE(EndsWell([] {
    InstallRunGuard();
    sigset_t all;
    ::sigfillset(&all);
    (void)::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    std::thread([] {
      const GuardedRun guard(kGuarded);
      (void)Divide64(1, 0);
      if (!guard.divided_by_zero()) ::_exit(1);
    }).join();
  }));
}

TEST(RunGuard, LeavesADivisionOutsideOfRunsToItsFate) {
  EXPECT_FALSE(EndsWell([] {
    InstallRunGuard();
    {
      const GuardedRun over(kGuarded);
    }
    (void)Divide64(1, 0);
  }));
}

#endif

TEST(RunGuard, PassesAFaultOn) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE}) {
    EXPECT_FALSE(EndsWell([signal] {
      InstallRunGuard();
      const GuardedRun guard(kGuarded);
      (void)::raise(signal);
    })) << signal;
  }
}

TEST(RunGuard, PassesAFaultOnToTheHandlerThatWasThere) {
  const int status = EndOf([] {
    (void)std::signal(SIGILL, [](int) { ::_exit(42); });
    InstallRunGuard();
    const GuardedRun guard(kGuarded);
    (void)::raise(SIGILL);
  });
  // Where another test of this process has installed the guard before, the handler is behind it.
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

}  // namespace
}  // namespace moorage::runtime
