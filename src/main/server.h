#pragma once

// Runs the server until SIGTERM or SIGINT, and drains it:
//   1. readiness turns 503 at once
//   2. what was asked is answered
//   3. the process ends, at the latest after `server.drain`
// A second SIGINT ends it at once.

#include "edge/cli/serve_options.h"
#include "foundation/base/result.h"
#include "platform/config/config.h"

namespace moorage::main {

// Returns the exit code, or an error if the server cannot start. The error names what is wrong.
base::Result<int> Serve(const config::Config& config, const cli::ServeOptions& options);

}  // namespace moorage::main
