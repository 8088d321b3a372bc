#pragma once

// Registers a version of a model. The use case behind `moorage push`. Safe from any thread.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/push/choose_version.h"
#include "control/push/inspect_model.h"
#include "control/push/model_files.h"
#include "domain/contract/metadata.h"
#include "domain/evaluation/gates/gate.h"
#include "domain/registry/registry.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/names.h"
#include "platform/runtime/backend.h"

namespace moorage::control {

struct PushRequest {
  model::ModelName name;
  ModelFiles files;
  contract::Metadata options;  // wins over the metadata file
  VersionWish wish;
  std::string actor;
  base::CancelToken cancel = {};
  bool fresh = false;    // takes nothing over from the version before
  bool dry_run = false;  // makes every check, and changes nothing
};

struct PushResult {
  registry::ModelVersion version;
  bool already_there = false;  // the same artifact was registered under this version before
  ChosenVersion chosen;
  model::ArtifactIndex index;
  model::Task task = model::Task::kOther;
  std::vector<std::string> notes;  // what was inferred
  std::size_t golden = 0;          // requests replayed
  json::Json manifest = nullptr;   // of a dry run
};

// Nothing is stored before the bytes have proved to be a model that loads. Nothing is visible
// before every check has passed. The steps:
//  - Open the model in the prober, then in a throw-away session, and infer its manifest. Settings
//    that the version before was told are taken over where the graph still fits them.
//  - Choose the version and reserve it.
//  - Make trial runs in the prober, and replay the golden requests.
//  - Store the report and the bytes and publish in one transaction.
//
// The token is asked between the steps, before each file and each golden request, and once more
// inside the transaction. A push that was cancelled registers nothing.
//
// A failure after the reservation gives it up, and the audit log shows it. A second push of the
// same files under the same version, or without a version, returns the version that is there.
//  - kInvalid means that the bytes are not a model, that running it ended the process of its
//    trial, that its answers contradict the manifest, or that the metadata contradicts it or
//    `name`.
//  - kConflict means that the version has other bytes, was deleted, or promises less change
//    than there is.
class PushModel {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    servable::Prober& prober;
    std::string program;  // "moorage 0.1.0", recorded with the checks
  };

  explicit PushModel(Deps deps) : deps_(std::move(deps)) {}

  base::Result<PushResult> Run(const PushRequest& request);

 private:
  base::Result<ChosenVersion> Choose(const PushRequest& request, const VersionWish& wish,
                                     const InspectedModel& inspected,
                                     std::span<const registry::ModelVersion> versions);
  // The settings that the version before was told, or nothing.
  base::Result<std::optional<Predecessor>> Before(const PushRequest& request,
                                                  const VersionWish& wish);
  base::Result<PushResult> Rehearse(const PushRequest& request, const VersionWish& wish,
                                    InspectedModel inspected);
  base::Result<evaluation::GateReport> Check(const PushRequest& request, InspectedModel& inspected,
                                             const ChosenVersion& chosen,
                                             servable::ProbeReport& report);
  base::Result<PushResult> Complete(const PushRequest& request, InspectedModel& inspected,
                                    ChosenVersion chosen, const registry::Reservation& reservation);
  base::Status KeepReport(const model::Digest& artifact, const servable::ProbeReport& report);
  base::Result<registry::Published> CheckAndPublish(const PushRequest& request,
                                                    InspectedModel& inspected,
                                                    const ChosenVersion& chosen,
                                                    const registry::Reservation& reservation);

  const Deps deps_;
};

}  // namespace moorage::control
