#pragma once

// Opens what the server serves from, which is the registry or the files named on the command line,
// and gives the manager of models its options. Members are in the order of their dependence.

#include <memory>
#include <optional>

#include "control/management/local_management.h"
#include "control/trial/trial_process.h"
#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/model_source.h"
#include "domain/serving/servable/prober.h"
#include "edge/cli/serve_options.h"
#include "foundation/base/result.h"
#include "foundation/telemetry/log/log.h"
#include "main/local_registry.h"
#include "platform/config/config.h"
#include "platform/runtime/backend.h"
#include "platform/runtime/crash_marker.h"

namespace moorage::main {

struct ModelOrigin {
  std::optional<LocalRegistry> registry;
  std::unique_ptr<management::LocalManagement> management;  // null without a registry
  std::unique_ptr<models::ModelSource> source;
  // The model that ended the server before this one, if one did (runtime/crash_marker.h).
  std::optional<model::Digest> crashed;

  // `backend` and `prober` outlive what is opened. Notes on files (a name that was guessed) go to
  // `log`. An error names the file or the key that is wrong.
  static base::Result<ModelOrigin> Open(const config::Config& config,
                                        const cli::ServeOptions& options, runtime::Backend& backend,
                                        servable::Prober& prober, telemetry::Log& log);
};

// Of server and command line alike.
trial::TrialProcess::Options TrialOptionsOf(const config::Config::Serving& config);

// The manager's options that are not about who is told what. `prober` outlives the manager.
models::ModelManager::Options ManagerOptionsOf(const config::Config::Serving& config,
                                               servable::Prober& prober);

}  // namespace moorage::main
