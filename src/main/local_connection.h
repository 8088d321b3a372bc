#pragma once

// The registry of this machine for the command line. It is opened by the first call, for what that
// call does. A call that reads writes nothing and makes nothing. The model runtime starts when the
// first call needs it, so that a command that only reads costs little.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "domain/serving/servable/prober.h"
#include "edge/cli/api_connection.h"
#include "foundation/base/clock.h"
#include "foundation/base/file_system.h"
#include "platform/config/config.h"

namespace moorage::main {

struct LocalCaller {
  std::string actor;  // the name that the audit log records
  // Takes a sentence for people, such as that a registry was made.
  std::function<void(std::string_view)> say;
};

// `files` and `clock` outlive the connection.
std::unique_ptr<cli::ApiConnection> MakeLocalConnection(const config::Config::Registry& config,
                                                        LocalCaller caller, base::FileSystem& files,
                                                        const base::Clock& clock,
                                                        std::unique_ptr<servable::Prober> prober);

}  // namespace moorage::main
