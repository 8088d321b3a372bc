#pragma once

// The management API over the registry of this process.

#include <string>

#include "control/management/management.h"
#include "control/management/operations.h"
#include "control/predict/predict_once.h"
#include "domain/registry/registry.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/clock.h"
#include "foundation/base/random.h"
#include "platform/runtime/backend.h"

namespace moorage::management {

// Finds the operation of a call and lets it answer. Safe from any thread.
class LocalManagement : public Management {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    servable::Prober& prober;
    const base::Clock& clock;
    base::Random& random;
    std::string program;  // "moorage 0.1.0", recorded with checks and evidence
  };

  explicit LocalManagement(const Deps& deps);

  base::Result<model::ApiReply> Handle(const model::ApiCall& call) override;

 private:
  control::PredictOnce predict_;
  const ManagementOperation::Deps deps_;
};

}  // namespace moorage::management
