#pragma once

// Builds the options of the room telemetry from the configuration. Pure.

#include "edge/api/call_recorder.h"
#include "foundation/telemetry/log/async_log_options.h"
#include "platform/config/config.h"

namespace moorage::main {

// The section `logging` in the terms of the log.
telemetry::AsyncLogOptions LogOptionsOf(const config::Config::Logging& config);

// What a call's record keeps of bodies. kDropped saves the copy where the log has no use for them.
api::CallRecorder::Payloads PayloadsOf(const config::Config::Logging& config);

}  // namespace moorage::main
