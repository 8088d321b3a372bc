#pragma once

#include "control/config/config.h"
#include "edge/cli/serve_options.h"
#include "foundation/base/result.h"

namespace moorage::main {

// Without authentication only this machine may ask, unless somebody takes the responsibility:
// kDenied, naming the address that others can reach.
base::Status CheckExposure(const control::Config& config, const cli::ServeOptions& options);

}  // namespace moorage::main
