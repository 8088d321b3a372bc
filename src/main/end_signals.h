#pragma once

#include <csignal>
#include <string_view>

namespace moorage::main {

// SIGTERM and SIGINT, which end the server. From its making on they are blocked in this thread and
// in those that it starts, so that only Wait() sees them; SIGPIPE is ignored, a client that goes
// away is no end.
class EndSignals {
 public:
  EndSignals();

  // Returns the name of the signal that came.
  std::string_view Wait() const;

  // From now on an interrupt ends the process at once.
  static void LetInterrupt();

 private:
  sigset_t set_;
};

}  // namespace moorage::main
