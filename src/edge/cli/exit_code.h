#pragma once

#include "foundation/base/error.h"

namespace moorage::cli {

// What the program ends with. Scripts rely on the numbers.
enum class ExitCode : int {
  kDone = 0,          // done, or PASS
  kRefused = 1,       // FAIL, or refused by a rule
  kInconclusive = 2,  // INCONCLUSIVE
  kError = 3,         // bad input, broken file, server unreachable
  kUsage = 64,        // the command line itself is wrong
};

// kRefused means that the request was understood and that a rule or the state forbids it.
// Everything else is an error.
ExitCode ExitCodeOf(base::Code code);

}  // namespace moorage::cli
