#pragma once

// The child's way from the fork to its program. Everything here runs between vfork and exec in the
// memory of a parent with many threads. It makes system calls, and neither allocates nor locks.

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace moorage::worker {

// Made by the parent. Pointers and descriptors are valid until the child has its program.
struct ChildPlan {
  const char* executable = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  pid_t parent = 0;
  int channel = -1;  // becomes standard input and output
  int errors = -1;   // becomes standard error
  int status = -1;   // gets a SetupFailure, or is closed by exec
  rlim_t memory_bytes = RLIM_INFINITY;
  rlim_t processor_seconds = RLIM_INFINITY;
};

enum class SetupStep : std::uint8_t { kGroup, kParent, kLimits, kDescriptors, kSeal, kProgram };

// "limits", for a message of the parent.
std::string_view Name(SetupStep step);

struct SetupFailure {
  SetupStep step = SetupStep::kGroup;
  int error = 0;  // errno
};

[[noreturn]] void BecomeChild(const ChildPlan& plan);

}  // namespace moorage::worker
