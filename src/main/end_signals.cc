#include "main/end_signals.h"

#include <pthread.h>

namespace moorage::main {

EndSignals::EndSignals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  (void)std::signal(SIGPIPE, SIG_IGN);
}

std::string_view EndSignals::Wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) continue;
  return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

void EndSignals::LetInterrupt() {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
}

}  // namespace moorage::main
