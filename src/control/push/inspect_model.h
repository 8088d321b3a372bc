#pragma once

// Finds out what a model is, from its bytes and its metadata. Nothing is stored.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/push/model_files.h"
#include "domain/contract/metadata.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/artifact.h"
#include "platform/runtime/backend.h"
#include "platform/runtime/session.h"

namespace moorage::control {

// A model that could be opened, and all that could be found out about it. Nothing is stored.
struct InspectedModel {
  std::unique_ptr<runtime::Session> session;
  contract::Metadata told;  // file and options, merged
  model::Manifest manifest;
  std::vector<std::string> notes;  // what was inferred
  std::string manifest_text;       // as it is stored
  model::ArtifactIndex index;      // of the files that a push would store
  std::vector<json::Json> rows;    // some of the reference data, for trial runs
};

// The settings of the version before, which a push takes over where the graph still fits them.
struct Predecessor {
  std::string version;
  contract::Metadata settings;
};

// Metadata file and options, merged.
base::Result<contract::Metadata> ReadTold(const ModelFiles& files,
                                          const contract::Metadata& options);

// Has the bytes opened by the prober first, so that a graph that ends a process does not end this
// one. Then opens the files in the backend and builds the manifest from graph, metadata file and
// `options`. The options win over the file, and both win over the graph. Settings of `before` are
// taken over where nothing else says them. Reference data must be
// rows of this model, with its features and nothing else. A model that takes no rows keeps its
// reference data unread. The token is asked between these steps, and ends the prober's process.
base::Result<InspectedModel> InspectModel(runtime::Backend& backend, servable::Prober& prober,
                                          const ModelFiles& files,
                                          const contract::Metadata& options,
                                          const base::CancelToken& cancel = {},
                                          const std::optional<Predecessor>& before = {});

// Runs the model in the prober. kInvalid where that was ended, with what ended it, and where the
// answers contradict the manifest.
base::Result<servable::ProbeReport> TryModel(servable::Prober& prober, const ModelFiles& files,
                                             const InspectedModel& inspected,
                                             const base::CancelToken& cancel = {});

// The whole model as a backend and a server take it.
model::Artifact ToArtifact(const ModelFiles& files, const InspectedModel& inspected);

}  // namespace moorage::control
