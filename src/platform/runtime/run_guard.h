#pragma once

// Keeps a signal that a model raises from ending the process where that is possible, and names the
// model where it is not.
//
// - An integer divided by zero, or the smallest integer by -1, raises SIGFPE on x86-64. Inside a
//   guarded run the handler makes quotient and remainder 0, steps over the instruction and marks
//   the run, whose result must then be discarded. On arm64 the processor makes such a quotient 0
//   and raises nothing.
// - Every other signal of a fault ends the process. Before it does, the digest of the model of this
//   thread is written to the crash marker (crash_marker.h).
//
// A guard is of the thread that makes it, and covers this thread only.
//
//   InstallRunGuard();
//   GuardedRun guard(digest);
//   Compute();
//   if (guard.divided_by_zero()) return DividedByZero();

#include <csignal>
#include <string_view>

namespace moorage::runtime {

// Installs the handlers of the process, once. They pass on what is not theirs to the handlers that
// were there before. Any thread.
void InstallRunGuard();

class GuardedRun {
 public:
  // `digest` outlives the guard, and may be empty if it is not known.
  explicit GuardedRun(std::string_view digest);
  ~GuardedRun();
  GuardedRun(const GuardedRun&) = delete;
  GuardedRun& operator=(const GuardedRun&) = delete;

  // Returns true if a division of this run had no quotient.
  bool divided_by_zero() const;

 private:
  std::string_view digest_;
  GuardedRun* const outer_;
  volatile std::sig_atomic_t divided_by_zero_ = 0;

  friend struct RunGuardHandler;
};

}  // namespace moorage::runtime
