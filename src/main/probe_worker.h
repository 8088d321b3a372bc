#pragma once

// The hidden subcommand `moorage probe-worker`: this program again, as a child process that opens a
// model on trial. It reads no configuration and no environment, because its input is all it needs.

#include <string_view>

namespace moorage::main {

inline constexpr std::string_view kProbeWorker = "probe-worker";

// Returns the exit code. Input and answer go through worker/worker_channel.h.
int RunProbeWorker();

}  // namespace moorage::main
