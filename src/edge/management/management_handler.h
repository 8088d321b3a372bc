#pragma once

// A request of the management API as a call, its job and its answer.

#include <map>
#include <string>

#include "control/management/management.h"
#include "domain/serving/models/model_manager.h"
#include "edge/api/operation.h"
#include "edge/management/job_queue.h"
#include "edge/net/reactor.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::management_http {

// Hands the calls of one management operation to management::Management on a thread that may block,
// and brings the answer back to the reactor. The body is read on that thread, too. It is charged to
// the budget of memory until the answer is sent. A full queue or a spent budget answers 503 at
// once. A call whose client has gone is not begun, and one that runs is asked to stop. After an
// operation that moves an alias, the answer waits at most one second until this server serves the
// new target. A client that promotes and then predicts therefore meets the new version. One object
// per reactor and operation.
class ManagementHandler : public api::Handler {
 public:
  struct Deps {
    management::Management& management;
    models::ModelManager& manager;
    JobQueue& jobs;
    net::Reactor& reactor;
    base::MemoryBudget& memory;
  };

  // The row outlives the handler.
  ManagementHandler(const model::OperationRow& operation, const Deps& deps)
      : operation_(operation), deps_(deps) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  const model::OperationRow& operation_;
  const Deps deps_;
};

// The parameters of a path by name.
using PathValues = std::map<std::string, std::string>;

// The neutral form of a request, with bound parameters, decoded query, and JSON body or multipart
// parts. kInvalid for what cannot be read.
base::Result<model::ApiCall> ApiCallOf(const model::OperationRow& operation,
                                       const api::Request& request, PathValues path);

}  // namespace moorage::management_http
