#pragma once

// The signals that the server waits for. The constructor blocks them in this thread and in those
// that it starts later, so that only Wait() sees them. It also ignores SIGPIPE and
// SIGXFSZ, because neither a client that disconnects nor a file that may not grow ends the server.

#include <csignal>
#include <cstdint>
#include <string_view>

namespace moorage::process {

// SIGHUP reloads. The others end the server.
enum class Signal : std::uint8_t { kHangUp, kInterrupt, kTerminate };

// "SIGTERM"
std::string_view Name(Signal signal);

class EndSignals {
 public:
  EndSignals();

  // Returns the signal that came.
  Signal Wait() const;

  // From now on an interrupt ends the process at once.
  static void LetInterrupt();

 private:
  sigset_t set_;
};

}  // namespace moorage::process
