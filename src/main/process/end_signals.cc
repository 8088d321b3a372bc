#include "main/process/end_signals.h"

#include <pthread.h>

namespace moorage::process {

std::string_view Name(Signal signal) {
  switch (signal) {
    case Signal::kHangUp:
      return "SIGHUP";
    case Signal::kInterrupt:
      return "SIGINT";
    case Signal::kTerminate:
      return "SIGTERM";
  }
  return {};
}

EndSignals::EndSignals() {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  for (const int signal : {SIGPIPE, SIGXFSZ}) (void)std::signal(signal, SIG_IGN);
}

Signal EndSignals::Wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) continue;
  if (signal == SIGHUP) return Signal::kHangUp;
  return signal == SIGINT ? Signal::kInterrupt : Signal::kTerminate;
}

void EndSignals::LetInterrupt() {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
}

}  // namespace moorage::process
