#include "main/wire_models.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "control/sources/file_model_source.h"
#include "control/sources/registry_model_source.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/clock.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/base/random.h"
#include "main/version.h"

namespace moorage::main {

namespace {

using base::Result;
using ModelFile = cli::ServeOptions::ModelFile;

Result<ModelOrigin> OpenFiles(const std::vector<ModelFile>& named, runtime::Backend& backend,
                              servable::Prober& prober, telemetry::Log& log) {
  std::vector<control::FileModel> loaded;
  for (const ModelFile& file : named) {
    control::FileModelOption option{file.path, std::nullopt};
    if (!file.name.empty()) {
      ASSIGN_OR_RETURN(option.name, model::ParseModelName(file.name));
    }
    ASSIGN_OR_RETURN(auto one,
                     control::LoadFileModel(base::PosixFileSystem::Get(), backend, prober, option));
    for (const std::string& note : one.notes) log.Info(file.path + ": " + note);
    loaded.push_back(std::move(one));
  }
  ASSIGN_OR_RETURN(auto source, control::FileModelSource::Make(std::move(loaded)));
  ModelOrigin models;
  models.source = std::make_unique<control::FileModelSource>(std::move(source));
  return models;
}

// The marker lies beside the registry, because the next server of this registry reads it. A server
// on a read-only disk does without.
std::optional<model::Digest> WatchForCrashes(const std::string& folder, telemetry::Log& log) {
  const std::string path = folder + "/" + std::string(runtime::kCrashMarkerFile);
  auto crashed = runtime::ReadCrashMarker(path);
  if (crashed) {
    log.Error("the model " + crashed->value() + " ended the server before: a run raised a signal");
  }
  if (const auto set = runtime::SetCrashMarker(path); !set.ok()) log.Warning(set.error().message);
  return crashed;
}

Result<ModelOrigin> OpenRegistry(const config::Config& config, runtime::Backend& backend,
                                 servable::Prober& prober, telemetry::Log& log) {
  const base::Clock& clock = base::SystemClock::Get();
  ModelOrigin models;
  ASSIGN_OR_RETURN(models.registry, LocalRegistry::Open(config.registry, RegistryUse::kServe,
                                                        base::PosixFileSystem::Get(), clock));
  const std::string& only_read = models.registry->why_only_read;
  if (models.registry->created) log.Info("made a new registry at " + models.registry->path);
  if (!only_read.empty())
    log.Warning("the registry is only read, changes are refused: " + only_read);
  models.crashed = WatchForCrashes(models.registry->folder, log);
  registry::Registry& registry = *models.registry->registry;
  models.management =
      std::make_unique<management::LocalManagement>(management::LocalManagement::Deps{
          registry, backend, prober, clock, base::SystemRandom::Get(), std::string(kProgram)});
  models.source = std::make_unique<control::RegistryModelSource>(
      control::RegistryModelSource::Options{.aliases = config.serving.aliases,
                                            .keep_previous = config.serving.keep_previous,
                                            .default_model = config.serving.default_model},
      registry, models.registry->database->WatchChanges());
  if (models.crashed) {
    // The manager loads nothing that is in quarantine, so one model cannot end every start.
    servable::ProbeReport report;
    report.end = servable::ProbeEnd::kSignal;
    report.end_detail = "is skipped, because a run ended the server by a signal";
    const auto kept =
        models.source->KeepReport(*models.crashed, servable::ProbeKey::Of(backend), report);
    if (!kept.ok()) log.Warning(kept.error().message);
  }
  return models;
}

}  // namespace

Result<ModelOrigin> ModelOrigin::Open(const config::Config& config,
                                      const cli::ServeOptions& options, runtime::Backend& backend,
                                      servable::Prober& prober, telemetry::Log& log) {
  if (!options.models.empty()) return OpenFiles(options.models, backend, prober, log);
  return OpenRegistry(config, backend, prober, log);
}

trial::TrialProcess::Options TrialOptionsOf(const config::Config::Serving& config) {
  return {.batch_size = config.batch_size,
          .wall_time = std::chrono::ceil<std::chrono::milliseconds>(config.load_timeout)};
}

models::ModelManager::Options ManagerOptionsOf(const config::Config::Serving& config,
                                               servable::Prober& prober) {
  return {.default_ref = config.default_model,
          .load_timeout = config.load_timeout,
          .batch_size = config.batch_size,
          .prober = &prober};
}

}  // namespace moorage::main
