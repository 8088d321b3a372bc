#pragma once

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
  std::string note;  // what the probe found that an operator should know; usually empty
};

// Opens one version and learns what serving must know of it: how rows fill it, how its outputs
// read, whether rows may share a run, and what a run costs. The probes (rows of the first golden
// request, else zeros) warm the session up too and take some 50 ms at most, unless a single run
// takes longer.
//
// A model that fails its probe is served all the same, as one whose runs are dear and not shared,
// and the note says so. Errors: those of Backend::Open; kInvalid if the manifest speaks of another
// model.
class ServableLoader {
 public:
  ServableLoader(runtime::Backend& backend, const base::Clock& clock, std::size_t batch_size)
      : backend_(backend), clock_(clock), batch_size_(batch_size) {}

  // `id` must be unique in the process.
  base::Result<LoadedServable> Load(const model::ModelName& name, const model::SemVer& version,
                                    const model::Artifact& artifact, std::uint32_t id) const;

 private:
  runtime::Backend& backend_;
  const base::Clock& clock_;
  const std::size_t batch_size_;
};

}  // namespace moorage::servable
