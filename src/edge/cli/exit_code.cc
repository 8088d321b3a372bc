#include "edge/cli/exit_code.h"

namespace moorage::cli {

ExitCode ExitCodeOf(base::Code code) {
  switch (code) {
    case base::Code::kDenied:
    case base::Code::kConflict:
      return ExitCode::kRefused;
    default:
      return ExitCode::kError;
  }
}

}  // namespace moorage::cli
