#pragma once

// What one reactor of the data port serves: a lane, the routes of every room, and a dispatcher.
// Made before the reactor starts, used on its thread only.

#include <cstdint>
#include <memory>
#include <vector>

#include "control/management/management.h"
#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/models/model_manager.h"
#include "edge/api/anonymous_callers.h"
#include "edge/api/call_observer.h"
#include "edge/api/request_metrics.h"
#include "edge/inference/inference_service.h"
#include "edge/management/job_queue.h"
#include "edge/port/reactor_group.h"
#include "edge/probes/readiness.h"
#include "foundation/base/memory_budget.h"
#include "main/routes.h"

namespace moorage::main {

class DataService : public port::ReactorService {
 public:
  // Shared by all reactors, and outlives them.
  struct Shared {
    models::ModelManager& manager;
    lane::BatchExecutor& executor;
    management::Management* management;  // null where files are served
    management_http::JobQueue& jobs;
    base::MemoryBudget& memory;
    const probes::Readiness& readiness;
    const api::RequestMetrics& metrics;
    const base::Clock& clock;
    api::TrustedHosts hosts;  // under which the registry may be changed
    lane::InferenceLane::Options lane;
    api::Dispatcher::Options dispatcher;
  };

  // The observers are of this reactor alone. `runs` outlives the service.
  static base::Result<std::unique_ptr<DataService>> Make(const Shared& shared,
                                                         net::Reactor& reactor,
                                                         std::unique_ptr<api::CallObserver> calls,
                                                         lane::LaneObserver& runs);

  api::Dispatcher& dispatcher() override { return *dispatcher_; }
  void EndTick() override;
  // A new routing table has been published. A reactor that sleeps releases the old one. On the
  // reactor's thread.
  void Refresh();
  // The version with this Servable::id was unloaded. What was counted of it ends. On the reactor's
  // thread.
  void Forget(std::uint32_t servable);

 private:
  DataService(const Shared& shared, net::Reactor& reactor, std::unique_ptr<api::CallObserver> calls,
              lane::LaneObserver& runs);
  base::Status AddRoutes(const Shared& shared, net::Reactor& reactor);

  net::Reactor& reactor_;
  const std::unique_ptr<api::CallObserver> calls_;
  lane::LaneObserver& runs_;
  std::vector<std::uint32_t> leaving_;  // unloaded versions that an answer still names
  lane::InferenceLane lane_;
  inference::InferenceService inference_;
  api::AnonymousCallers authenticator_;
  Routes routes_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
};

}  // namespace moorage::main
