#pragma once

#include "control/config/config.h"
#include "foundation/telemetry/log_options.h"

namespace moorage::main {

// The section `logging` of the configuration as the log wants it.
telemetry::EventLogOptions LogOptionsOf(const control::Config::Logging& config);

}  // namespace moorage::main
