#pragma once

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

// What one run costs, as measured when the version was loaded: a straight line through the probes.
struct RunCost {
  base::Duration fixed{0};    // per run
  base::Duration per_row{0};  // per row
  base::Duration Of(std::size_t rows) const { return fixed + per_row * static_cast<long>(rows); }
};

// A session plus what routing and decoding need. Immutable after construction: any thread may read
// it.
struct Servable {
  model::ModelName name;
  model::SemVer version;
  model::Digest digest;
  model::Manifest manifest;
  std::unique_ptr<runtime::Session> session;

  // Absent where the model takes tensors only; the error says why, for the client that tries.
  base::Result<rows::RowLayout> layout;
  base::Result<rows::PredictionReader> reader;

  // Rows of different requests may share a run: the signature says so and a probe with 1 and 2 rows
  // has confirmed it.
  bool batchable = false;
  RunCost cost;
  // Small, unique in the process; what metric shards and per-reactor tables are keyed by.
  std::uint32_t id = 0;
  // The names of this version, for records that may outlive it.
  model::SharedLabel label = nullptr;
};

// A lease: the version is not unloaded while one lives.
using ServableHandle = std::shared_ptr<const Servable>;

}  // namespace moorage::servable
