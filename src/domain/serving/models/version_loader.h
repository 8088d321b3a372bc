#pragma once

// Loads one version. It fetches the bytes, takes the stored report on their trial runs or has it
// made, and opens them. Any thread.

#include <chrono>
#include <cstdint>

#include "domain/serving/models/model_source.h"
#include "domain/serving/servable/load_servable.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/telemetry/log/log.h"
#include "platform/runtime/backend.h"

namespace moorage::models {

class VersionLoader {
 public:
  struct Deps {
    ModelSource& source;
    runtime::Backend& backend;
    servable::Prober& prober;
    const base::Clock& clock;
    telemetry::Log& log;
    // From the first byte fetched to the session that is open.
    base::Duration load_timeout{std::chrono::seconds(60)};
  };

  explicit VersionLoader(const Deps& deps)
      : deps_(deps), loader_(deps.backend, deps.clock, deps.prober.batch_size()) {}

  // `id` is unique in the process. An artifact whose trial was ended is never opened here. Returns
  // kDeadline once Deps::load_timeout is over. The trial is ended then. Fetching and opening cannot
  // be ended, so their result is dropped.
  base::Result<servable::LoadedServable> Load(const model::ModelName& name,
                                              const WantedVersion& wanted, std::uint32_t id,
                                              const base::CancelToken& cancel) const;

 private:
  base::Result<servable::ProbeReport> ReportOn(const model::Artifact& artifact, base::Instant end,
                                               const base::CancelToken& cancel) const;
  base::Status CheckTime(base::Instant end) const;

  const Deps deps_;
  const servable::ServableLoader loader_;
};

}  // namespace moorage::models
