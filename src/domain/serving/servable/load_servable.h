#pragma once

// Opens one version, with what serving must know of it:
//   - how rows fill its inputs, and how its outputs are read
//   - whether rows of several requests may share a run
//   - what a run costs
// The last two come from trial runs, which are those of a report or are made here. A model that
// fails its trial runs is served, as one whose runs are expensive and not shared, and the note has
// the reason. Any thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "domain/serving/servable/probe_report.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"
#include "platform/runtime/backend.h"

namespace moorage::servable {

struct LoadedServable {
  std::unique_ptr<Servable> servable;
  std::string note;  // what the trial runs found for the operator, empty as a rule
};

// One version to open. `id` must be unique in the process.
struct LoadRequest {
  model::ModelName name;
  model::SemVer version;
  const model::Artifact& artifact;
  std::uint32_t id = 0;
};

// Opens the artifact without a run. It is not batchable and has no cost. Returns the errors of
// Backend::Open, and kInvalid if the manifest describes another model.
base::Result<std::unique_ptr<Servable>> OpenServable(runtime::Backend& backend,
                                                     const LoadRequest& request);

class ServableLoader {
 public:
  ServableLoader(runtime::Backend& backend, const base::Clock& clock, std::size_t batch_size)
      : backend_(backend), clock_(clock), batch_size_(batch_size) {}

  // Opens a version whose trial runs are known, and runs it once if that is cheap. Returns the
  // errors of OpenServable, and QuarantineError() for a report in quarantine.
  base::Result<LoadedServable> Load(const LoadRequest& request, ProbeReport report) const;

  // Makes the trial runs in this process, which a hostile graph may end.
  base::Result<LoadedServable> Load(const model::ModelName& name, const model::SemVer& version,
                                    const model::Artifact& artifact, std::uint32_t id) const;

 private:
  runtime::Backend& backend_;
  const base::Clock& clock_;
  const std::size_t batch_size_;
};

}  // namespace moorage::servable
