#pragma once

#include "foundation/telemetry/log/async_log_options.h"
#include "platform/config/config.h"

namespace moorage::main {

// The section `logging` of the configuration as the log wants it.
telemetry::AsyncLogOptions LogOptionsOf(const config::Config::Logging& config);

}  // namespace moorage::main
