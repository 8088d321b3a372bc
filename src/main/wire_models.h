#pragma once

#include <memory>
#include <optional>

#include "control/management/local_management.h"
#include "domain/serving/models/model_source.h"
#include "edge/cli/serve_options.h"
#include "foundation/base/result.h"
#include "foundation/telemetry/log/log.h"
#include "main/local_registry.h"
#include "platform/config/config.h"
#include "platform/runtime/backend.h"

namespace moorage::main {

// What the server serves from: the registry, or files named on the command line. Members are in the
// order of their dependence.
struct ServedModels {
  std::optional<LocalRegistry> registry;
  std::unique_ptr<management::LocalManagement> management;  // null without a registry
  std::unique_ptr<models::ModelSource> source;

  // `backend` outlives what is opened. Notes on files (a name that was guessed) go to `log`. An
  // error names the file or the key that is wrong.
  static base::Result<ServedModels> Open(const config::Config& config,
                                         const cli::ServeOptions& options,
                                         runtime::Backend& backend, telemetry::Log& log);
};

}  // namespace moorage::main
