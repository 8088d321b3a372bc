#pragma once

#include "edge/cli/serve_options.h"
#include "foundation/base/result.h"
#include "platform/config/config.h"

namespace moorage::main {

// Runs the server until SIGTERM or SIGINT, then takes leave of its clients: readiness turns 503 at
// once, what was asked is answered, and the process ends within `server.drain`. Answers the exit
// code; an error if the server cannot start, which says what to mend. A second SIGINT ends at once.
base::Result<int> Serve(const config::Config& config, const cli::ServeOptions& options);

}  // namespace moorage::main
