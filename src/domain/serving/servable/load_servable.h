#pragma once

// Opens one version and measures what serving must know of it:
//   - how rows fill its inputs, and how its outputs are read
//   - whether rows of several requests may share a run
//   - what a run costs
// The probes use rows of the first golden request, else zeros. They warm the session up too, and
// take at most about 50 ms unless a single run takes longer. A model that fails its probe is
// served, as one whose runs are expensive and not shared, and the note has the reason. Any thread.

#include <cstddef>
#include <memory>
#include <string>

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
  std::string note;  // what the probe found for the operator, empty as a rule
};

class ServableLoader {
 public:
  ServableLoader(runtime::Backend& backend, const base::Clock& clock, std::size_t batch_size)
      : backend_(backend), clock_(clock), batch_size_(batch_size) {}

  // `id` must be unique in the process. Returns the errors of Backend::Open, and kInvalid if the
  // manifest describes another model.
  base::Result<LoadedServable> Load(const model::ModelName& name, const model::SemVer& version,
                                    const model::Artifact& artifact, std::uint32_t id) const;

 private:
  runtime::Backend& backend_;
  const base::Clock& clock_;
  const std::size_t batch_size_;
};

}  // namespace moorage::servable
