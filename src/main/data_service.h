#pragma once

#include <memory>
#include <vector>

#include "control/management/management.h"
#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/models/model_manager.h"
#include "edge/api/anonymous_callers.h"
#include "edge/api/call_observer.h"
#include "edge/api/request_metrics.h"
#include "edge/api/router.h"
#include "edge/inference/inference_service.h"
#include "edge/management/job_queue.h"
#include "edge/port/reactor_group.h"
#include "edge/probes/readiness.h"

namespace moorage::main {

// What one reactor of the data port serves: a lane, the handlers of every protocol, a dispatcher.
class DataService : public port::ReactorService {
 public:
  // Shared by all reactors; must outlive them.
  struct Shared {
    models::ModelManager& manager;
    lane::BatchExecutor& executor;
    management::Management* management;  // null: the server serves files and has no registry
    management_http::JobQueue& jobs;
    const probes::Readiness& readiness;
    const api::RequestMetrics& metrics;
    const base::Clock& clock;
    api::TrustedHosts hosts;  // under which the registry may be changed
    lane::InferenceLane::Options lane;
    api::Dispatcher::Options dispatcher;
  };

  // The observers are this reactor's own; `runs` outlives the service.
  static base::Result<std::unique_ptr<DataService>> Make(const Shared& shared,
                                                         net::Reactor& reactor,
                                                         std::unique_ptr<api::CallObserver> calls,
                                                         lane::LaneObserver& runs);

  api::Dispatcher& dispatcher() override { return *dispatcher_; }
  void EndTick() override;
  void OnPulse() override { dispatcher_->DropOverdue(); }
  // A new routing table has been published. On the reactor's thread.
  void Refresh();

 private:
  DataService(const Shared& shared, net::Reactor& reactor, std::unique_ptr<api::CallObserver> calls,
              lane::LaneObserver& runs);
  base::Status AddRoutes(const Shared& shared, net::Reactor& reactor);
  base::Status Add(const api::Operation& operation, std::unique_ptr<api::Handler> handler);
  base::Status Add(std::string_view operation, std::unique_ptr<api::Handler> handler);

  const std::unique_ptr<api::CallObserver> calls_;
  lane::InferenceLane lane_;
  inference::InferenceService inference_;
  api::AnonymousCallers authenticator_;
  std::vector<std::unique_ptr<api::Handler>> handlers_;
  api::Router router_;
  std::unique_ptr<api::Dispatcher> dispatcher_;
};

}  // namespace moorage::main
