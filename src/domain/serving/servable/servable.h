#pragma once

// A loaded version: a session, and what routing and decoding need beside it. Immutable after
// construction, so any thread may read it. It is held through leases.

#include <memory>
#include <optional>
#include <string>

#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/model_label.h"
#include "foundation/model/model_ref.h"
#include "foundation/rows/prediction.h"
#include "foundation/rows/row_layout.h"
#include "platform/runtime/session.h"

namespace moorage::servable {

// What one run costs, as a straight line through the probes made when the version was loaded.
struct RunCost {
  base::Duration fixed{0};    // per run
  base::Duration per_row{0};  // per row
  base::Duration Of(std::size_t rows) const { return fixed + per_row * static_cast<long>(rows); }
};

struct Servable {
  model::ModelName name;
  model::SemVer version;
  model::Digest digest;
  model::Manifest manifest;
  std::unique_ptr<runtime::Session> session;

  // Errors where the model takes tensors only. A client that sends rows gets them.
  base::Result<rows::RowLayout> layout;
  base::Result<rows::PredictionReader> reader;

  // True if rows of different requests may share a run. The signature allows it, and a probe with 1
  // and 2 rows has confirmed it.
  bool batchable = false;
  RunCost cost;
  // Small, and unique in the process. Metric shards and the tables of the reactors are keyed by it.
  std::uint32_t id = 0;
  // The names of this version, for records that may outlive it.
  model::SharedLabel label = nullptr;
};

// A lease. The version is not unloaded while one exists.
using ServableHandle = std::shared_ptr<const Servable>;

}  // namespace moorage::servable
