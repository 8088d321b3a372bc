#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/push/choose_version.h"
#include "control/push/inspect_model.h"
#include "control/push/model_files.h"
#include "domain/contract/metadata.h"
#include "domain/registry/registry.h"
#include "foundation/base/result.h"
#include "foundation/model/names.h"
#include "platform/runtime/backend.h"

namespace moorage::control {

struct PushRequest {
  model::ModelName name;
  ModelFiles files;
  contract::Metadata options;  // wins over the metadata file
  VersionWish wish;
  std::string actor;
};

struct PushResult {
  registry::ModelVersion version;
  bool already_there = false;  // the same artifact was registered under this version before
  ChosenVersion chosen;
  model::ArtifactIndex index;
  model::Task task = model::Task::kOther;
  std::vector<std::string> notes;  // what was inferred
  std::size_t golden = 0;          // requests replayed
};

// Registers a version of a model. The law: nothing is stored before the bytes have proved to be a
// model that loads, and nothing is visible before everything about it has been checked. In order:
// open in a throw-away session, infer the manifest, choose the version, reserve it, replay the
// golden requests, store the bytes, publish in one transaction. A failure after the reservation
// gives it up, which the audit log shows.
//
// Pushing the same files again under the same version, or without naming one, answers the version
// that is there. kInvalid: not a model, or metadata that contradicts it or `name`; kConflict: the
// version has other bytes, was deleted, or promises less change than there is.
class PushModel {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    std::string program;  // "moorage 0.1.0": who checked, for the version's checks
  };

  explicit PushModel(Deps deps) : deps_(std::move(deps)) {}

  base::Result<PushResult> Run(const PushRequest& request);

 private:
  base::Result<ChosenVersion> Choose(const PushRequest& request, const VersionWish& wish,
                                     const InspectedModel& inspected,
                                     std::span<const registry::ModelVersion> versions);
  base::Result<PushResult> Complete(const PushRequest& request, InspectedModel inspected,
                                    ChosenVersion chosen, const registry::Reservation& reservation);
  base::Result<registry::Published> CheckAndPublish(const PushRequest& request,
                                                    const InspectedModel& inspected,
                                                    const ChosenVersion& chosen,
                                                    const registry::Reservation& reservation);

  const Deps deps_;
};

}  // namespace moorage::control
