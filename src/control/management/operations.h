#pragma once

// The operations of the management API, and the list of them.

#include <span>
#include <string>

#include "control/predict/predict_once.h"
#include "domain/registry/registry.h"
#include "domain/serving/servable/prober.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"
#include "foundation/model/operation_row.h"
#include "platform/runtime/backend.h"

namespace moorage::management {

// One operation. It has a row, and a function that answers a call of it. The function reads the
// call strictly, runs the use case and returns the document. The file operation_<name>.cc holds
// both. Constant, and safe from any thread.
struct ManagementOperation {
  // What an operation may use.
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    servable::Prober& prober;
    const base::Clock& clock;
    control::PredictOnce& predict;  // keeps a model open between calls
    std::string program;            // "moorage 0.1.0", recorded with checks and evidence
  };
  using Answer = base::Result<model::ApiReply>(const model::ApiCall& call, const Deps& deps);

  model::OperationRow row;
  Answer* answer;
};

// Every operation in the order of docs/operations/api.md. A new operation adds one line.
// clang-format off
#define MOORAGE_MANAGEMENT_OPERATIONS(operation) \
  operation(kListModels) \
  operation(kShowModel) \
  operation(kPush) \
  operation(kShowVersion) \
  operation(kDeleteVersion) \
  operation(kValidate) \
  operation(kPromote) \
  operation(kShowAliasRule) \
  operation(kSetAliasRule) \
  operation(kRollback) \
  operation(kHistory) \
  operation(kDiff) \
  operation(kAudit) \
  operation(kGc) \
  operation(kDoctor) \
  operation(kAcceptClock) \
  operation(kPredict)
// clang-format on

#define MOORAGE_DECLARE_OPERATION(name) extern const ManagementOperation name;
MOORAGE_MANAGEMENT_OPERATIONS(MOORAGE_DECLARE_OPERATION)
#undef MOORAGE_DECLARE_OPERATION

// All of them.
std::span<const ManagementOperation* const> Operations();

// The operation of this row. Null if the row is not one of the management API.
const ManagementOperation* FindOperation(const model::OperationRow* row);

}  // namespace moorage::management
