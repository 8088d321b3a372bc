#pragma once

// The process of a trial. It reads no configuration and no environment, because its input is all it
// needs.

#include <string_view>

namespace moorage::trial {

// The hidden subcommand of the process of a trial.
inline constexpr std::string_view kTrialCommand = "probe-worker";

// Reads a task from the standard input, opens and runs the model, writes the answer to the standard
// output, and returns the exit code. The process is ended where memory runs out.
int RunTrial();

}  // namespace moorage::trial
