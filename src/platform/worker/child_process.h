#pragma once

// Runs a program in a child process that may fail alone. It has bounds on memory, processor time,
// wall time, descriptors and its answer. It writes no file, opens no socket, and is the first that
// the kernel ends when memory is short.
//
// Any thread, which is blocked until the child has ended and must not end before. No process, no
// descriptor and no thread is left behind, whatever the child does.
//
//   const ChildCommand command{.executable = "/proc/self/exe", .arguments = {"probe-worker"}};
//   ASSIGN_OR_RETURN(const ChildOutcome outcome, RunChild(command, pieces, limits, token));
//   if (outcome.end != ChildEnd::kExited) return Error{kInvalid, Describe(outcome, limits)};

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"

namespace moorage::worker {

struct ChildCommand {
  std::string executable;                   // a path, never looked up
  std::vector<std::string> arguments = {};  // without the name of the program
  // All that the child sees of an environment, as NAME=value.
  std::vector<std::string> environment = {};
};

// No bound of memory. A sanitizer maps more address space than any bound would allow.
inline constexpr std::size_t kAnyMemory = SIZE_MAX;

struct ChildLimits {
  std::size_t memory_bytes = kAnyMemory;  // address space
  std::chrono::seconds processor_time{10};
  std::chrono::milliseconds wall_time{10'000};
  std::size_t answer_bytes = 1U << 20U;
};

// Why the child is gone.
enum class ChildEnd : std::uint8_t {
  kExited,         // by itself, see exit_code
  kSignal,         // by a signal that is none of the following, see signal
  kMemory,         // took more memory than it may
  kProcessorTime,  // computed for longer than it may
  kWallTime,       // was there for longer than it may
  kAnswer,         // answered more than it may
};

// A child that runs out of memory exits with this code. A worker program keeps to it.
inline constexpr int kMemoryExitCode = 86;

// What is kept of the text that a child writes to its standard error.
inline constexpr std::size_t kMaxChildErrors = 4U << 10U;

struct ChildOutcome {
  ChildEnd end = ChildEnd::kExited;
  int exit_code = 0;
  int signal = 0;
  std::string answer;  // what it wrote to its standard output
  std::string errors;  // the start of what it wrote to its standard error
};

// Sends the pieces of `input` one after another to the child's standard input, and closes it.
// Returns kCancelled, kDeadline or kUnavailable if the token was cancelled, and kUnavailable if the
// child cannot be started. Every end of a child that ran is an outcome.
base::Result<ChildOutcome> RunChild(const ChildCommand& command,
                                    std::span<const std::string_view> input,
                                    const ChildLimits& limits, const base::CancelToken& token);

// How it ended, as the end of a sentence. "ended by signal 8 (SIGFPE)"
std::string Describe(const ChildOutcome& outcome, const ChildLimits& limits);

}  // namespace moorage::worker
