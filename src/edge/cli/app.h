#pragma once

#include "edge/cli/shell.h"

namespace moorage::cli {

// Runs the whole command line. It reads the arguments, runs the command that they name and returns
// the exit code.
int Run(int argc, const char* const* argv, const Surroundings& surroundings);

}  // namespace moorage::cli
