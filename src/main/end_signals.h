#pragma once

// SIGTERM and SIGINT, which end the server. The constructor blocks them in this thread and in those
// that it starts later, so that only Wait() sees them. It also ignores SIGPIPE, because a client
// that disconnects does not end the server.

#include <csignal>
#include <string_view>

namespace moorage::main {

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
