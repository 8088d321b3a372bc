#pragma once

// Opens the registry of this machine for the command line. The model runtime starts when the first
// call needs it, so that a command that only reads costs little.

#include <memory>
#include <string>

#include "domain/serving/servable/prober.h"
#include "edge/cli/api_connection.h"
#include "foundation/base/clock.h"
#include "foundation/base/file_system.h"
#include "foundation/base/result.h"
#include "platform/config/config.h"

namespace moorage::main {

// `actor` is the name that the audit log records.
base::Result<std::unique_ptr<cli::ApiConnection>> OpenLocalConnection(
    const config::Config& config, std::string actor, base::FileSystem& files,
    const base::Clock& clock, std::unique_ptr<servable::Prober> prober);

}  // namespace moorage::main
