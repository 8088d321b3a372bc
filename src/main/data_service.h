#pragma once

#include <memory>
#include <vector>

#include "control/management.h"
#include "domain/serving/inference_lane.h"
#include "domain/serving/model_manager.h"
#include "edge/api/anonymous_callers.h"
#include "edge/api/call_observer.h"
#include "edge/api/http/reactor_group.h"
#include "edge/api/protocols/job_queue.h"
#include "edge/api/protocols/model_door.h"
#include "edge/api/protocols/readiness.h"
#include "edge/api/router.h"
#include "foundation/telemetry/request_metrics.h"

namespace moorage::main {

// What one reactor of the data port serves: a lane, the handlers of every protocol, a dispatcher.
class DataService : public api::ReactorService {
 public:
  // Shared by all reactors; must outlive them.
  struct Shared {
    serving::ModelManager& manager;
    serving::BatchExecutor& executor;
    control::Management* management;  // null: the server serves files and has no registry
    api::JobQueue& jobs;
    const api::Readiness& readiness;
    const telemetry::RequestMetrics& metrics;
    const base::Clock& clock;
    api::TrustedHosts hosts;  // under which the registry may be changed
    serving::InferenceLane::Options lane;
    api::Dispatcher::Options dispatcher;
  };

  // The observers are this reactor's own; `runs` outlives the service.
  static base::Result<std::unique_ptr<DataService>> Make(const Shared& shared,
                                                         api::Reactor& reactor,
                                                         std::unique_ptr<api::CallObserver> calls,
                                                         serving::LaneObserver& runs);

  api::Dispatcher& dispatcher() override { return *dispatcher_; }
  void EndTick() override;
  // A new routing table has been published. On the reactor's thread.
  void Refresh();

 private:
  DataService(const Shared& shared, api::Reactor& reactor, std::unique_ptr<api::CallObserver> calls,
              serving::LaneObserver& runs);
  base::Status AddRoutes(const Shared& shared, api::Reactor& reactor);
  base::Status Add(const api::Operation& operation, std::unique_ptr<api::Handler> handler);
  base::Status Add(std::string_view operation, std::unique_ptr<api::Handler> handler);

  const std::unique_ptr<api::CallObserver> calls_;
  serving::InferenceLane lane_;
  api::ModelDoor door_;
  api::AnonymousCallers authenticator_;
  std::vector<std::unique_ptr<api::Handler>> handlers_;
  api::Router router_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
};

}  // namespace moorage::main
