#pragma once

// A loaded version: a session, and what routing and decoding need beside it. Immutable after
// construction, so any thread may read it. It is held through leases.

#include <memory>
#include <optional>
#include <string>

#include "domain/serving/servable/cost_board.h"
#include "domain/serving/servable/probe_report.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "foundation/model/model_label.h"
#include "foundation/model/model_ref.h"
#include "foundation/rows/prediction.h"
#include "foundation/rows/row_layout.h"
#include "platform/runtime/session.h"

namespace moorage::servable {

struct Servable {
  model::ModelName name;
  model::SemVer version;
  model::Digest digest;
  model::Manifest manifest;
  std::unique_ptr<runtime::Session> session;

  // Errors where the model takes tensors only. A client that sends rows gets them.
  base::Result<rows::RowLayout> layout;
  base::Result<rows::PredictionReader> reader;

  // True if rows of different requests may share a run, because trial runs have proved that they
  // answer the same values together as alone.
  bool batchable = false;
  RunCost cost;
  // Small, and unique in the process. Metric shards and the tables of the reactors are keyed by it.
  std::uint32_t id = 0;
  // The names of this version, for records that may outlive it.
  model::SharedLabel label = nullptr;
  // What the trial runs have shown. Its cost and its verdict on sharing are the members above.
  ProbeReport probe = {};
  // What runs have cost since. The one part that changes, by any thread.
  std::unique_ptr<CostBoard> board = std::make_unique<CostBoard>();
};

// A lease. The version is not unloaded while one exists.
using ServableHandle = std::shared_ptr<const Servable>;

}  // namespace moorage::servable
