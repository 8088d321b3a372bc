#include "domain/serving/models/version_loader.h"

#include <chrono>
#include <string>
#include <utility>

#include "domain/serving/models/version_report.h"
#include "foundation/base/units.h"

namespace moorage::models {

using base::Result;
using servable::LoadedServable;
using servable::ProbeKey;
using servable::ProbeReport;

base::Status VersionLoader::CheckTime(base::Instant end) const {
  if (deps_.clock.Monotonic() < end) return {};
  return base::Error{base::Code::kDeadline, "it took longer than serving.load_timeout (" +
                                                base::FormatDuration(deps_.load_timeout) + ")"};
}

Result<ProbeReport> VersionLoader::ReportOn(const model::Artifact& artifact, base::Instant end,
                                            const base::CancelToken& cancel) const {
  const ProbeKey key = ProbeKey::Of(deps_.backend);
  auto stored = deps_.source.FindReport(artifact.digest, key);
  // A report that cannot be read costs a second, because it is made anew.
  if (stored.ok() && *stored) {
    const bool tried_all = (*stored)->batch_size >= deps_.prober.batch_size();
    if (tried_all || (*stored)->quarantined()) return **std::move(stored);
  }
  RETURN_IF_ERROR(CheckTime(end));
  auto probed = deps_.prober.Probe(
      {.artifact = artifact,
       .cancel = cancel,
       .limit = std::chrono::ceil<std::chrono::milliseconds>(end - deps_.clock.Monotonic())});
  // The reason is the whole load's and not that of its last step.
  if (!probed.ok() && probed.error().code == base::Code::kDeadline) RETURN_IF_ERROR(CheckTime(end));
  ASSIGN_OR_RETURN(ProbeReport report, std::move(probed));
  if (const base::Status kept = deps_.source.KeepReport(artifact.digest, key, report); !kept.ok()) {
    deps_.log.Warning("the report on trial runs cannot be stored: " + kept.error().message,
                      {{"digest", artifact.digest.value()}});
  }
  return report;
}

Result<LoadedServable> VersionLoader::Load(const model::ModelName& name,
                                           const WantedVersion& wanted, std::uint32_t id,
                                           const base::CancelToken& cancel) const {
  const base::Instant start = deps_.clock.Monotonic();
  ASSIGN_OR_RETURN(model::Artifact artifact, deps_.source.Fetch(name, wanted));
  artifact.digest = wanted.digest;
  const base::Instant end = start + deps_.load_timeout;
  ASSIGN_OR_RETURN(ProbeReport report, ReportOn(artifact, end, cancel));
  // Opening cannot be stopped, so it does not begin when the process ends.
  RETURN_IF_ERROR(cancel.Check());
  RETURN_IF_ERROR(CheckTime(end));
  ASSIGN_OR_RETURN(
      LoadedServable loaded,
      loader_.Load({.name = name, .version = wanted.version, .artifact = artifact, .id = id},
                   std::move(report)));
  RETURN_IF_ERROR(CheckTime(end));
  const servable::Servable& servable = *loaded.servable;
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(deps_.clock.Monotonic() - start);
  const auto one = std::chrono::duration_cast<std::chrono::microseconds>(servable.cost.Of(1));
  const std::string text = Format(name, wanted.version);
  deps_.log.Info("loaded " + text, {{"model", name.value()},
                                    {"version", wanted.version.text()},
                                    {"digest", wanted.digest.value()},
                                    {"load_ms", took.count()},
                                    {"run_us", one.count()},
                                    {"batchable", servable.batchable}});
  if (!loaded.note.empty()) {
    deps_.log.Warning(text + ": " + loaded.note,
                      {{"model", name.value()}, {"version", wanted.version.text()}});
  }
  return loaded;
}

}  // namespace moorage::models
