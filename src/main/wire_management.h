#pragma once

// Adds the routes of the room management_http: the operations on the registry, and the document
// that describes every route of the data port. Where files are served there is no registry, and the
// operations only list what is served.

#include "control/management/management.h"
#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/routing_view.h"
#include "edge/management/job_queue.h"
#include "edge/net/reactor.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "main/routes.h"

namespace moorage::main {

// What the operations use. All of it outlives the routes.
struct Managed {
  management::Management* management;  // null where files are served
  models::ModelManager& manager;
  const models::RoutingView& view;
  management_http::JobQueue& jobs;
  net::Reactor& reactor;
  base::MemoryBudget& memory;
};

base::Status AddManagementRoutes(Routes& routes, const Managed& managed);

}  // namespace moorage::main
