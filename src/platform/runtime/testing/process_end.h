#pragma once

// Does something in a child process that it may end.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace moorage::runtime {

// What a process that does `deed` ends with, as waitpid has it.
inline int EndOf(const std::function<void()>& deed) {
  const pid_t child = ::fork();
  if (child == 0) {
    // What a sanitizer writes about this end is no news.
    (void)::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    deed();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

inline bool EndsWell(const std::function<void()>& deed) {
  const int status = EndOf(deed);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace moorage::runtime
