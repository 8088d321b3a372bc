#pragma once

#include "edge/cli/shell.h"

namespace moorage::cli {

// The whole command line: reads the words, runs the command that they name, answers the exit code.
int Run(int argc, const char* const* argv, const Surroundings& surroundings);

}  // namespace moorage::cli
