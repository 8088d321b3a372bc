#pragma once

#include <string>
#include <vector>

#include "control/management/management.h"
#include "control/predict/predict_once.h"
#include "control/promote/promote.h"
#include "control/push/push_model.h"
#include "control/queries/registry_queries.h"
#include "control/validate/validate_version.h"
#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/random.h"
#include "platform/runtime/backend.h"

namespace moorage::management {

// The management API over the registry of this process: finds the operation that a path names,
// reads the call strictly, runs the use case and writes its answer. No rule about models lives
// here.
class LocalManagement : public Management {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    const base::Clock& clock;
    base::Random& random;
    std::string program;  // "moorage 0.1.0": who judges, for checks and evidence
  };

  explicit LocalManagement(const Deps& deps);

  base::Result<model::ApiReply> Handle(const model::ApiCall& call) override;

 private:
  using Reply = base::Result<model::ApiReply>;
  // The segments of the path that the template left open, in order.
  using Segments = std::vector<std::string>;
  using Handler = Reply (LocalManagement::*)(const model::ApiCall&, const Segments&);

  static Handler HandlerOf(std::string_view operation);

  Reply ListModels(const model::ApiCall& call, const Segments& path);
  Reply ShowModel(const model::ApiCall& call, const Segments& path);
  Reply ShowVersion(const model::ApiCall& call, const Segments& path);
  Reply Push(const model::ApiCall& call, const Segments& path);
  Reply DeleteVersion(const model::ApiCall& call, const Segments& path);
  Reply Validate(const model::ApiCall& call, const Segments& path);
  Reply PromoteAlias(const model::ApiCall& call, const Segments& path);
  Reply RollBackAlias(const model::ApiCall& call, const Segments& path);
  Reply History(const model::ApiCall& call, const Segments& path);
  Reply Diff(const model::ApiCall& call, const Segments& path);
  Reply Audit(const model::ApiCall& call, const Segments& path);
  Reply CollectGarbage(const model::ApiCall& call, const Segments& path);
  Reply Doctor(const model::ApiCall& call, const Segments& path);
  Reply Predict(const model::ApiCall& call, const Segments& path);

  registry::Registry& registry_;
  control::RegistryQueries queries_;
  control::PushModel push_;
  control::ValidateVersion validate_;
  control::Promote promote_;
  control::PredictOnce predict_;
};

}  // namespace moorage::management
