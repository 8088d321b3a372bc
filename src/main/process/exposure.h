#pragma once

#include "edge/cli/serve_options.h"
#include "foundation/base/result.h"
#include "platform/config/config.h"

namespace moorage::process {

// Without authentication only this machine may ask, unless the operator passes --insecure. kDenied
// names the address that other machines can reach.
base::Status CheckExposure(const config::Config& config, const cli::ServeOptions& options);

}  // namespace moorage::process
