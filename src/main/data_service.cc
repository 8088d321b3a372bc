#include "main/data_service.h"

#include <utility>

#include "domain/serving/lane/admission.h"
#include "foundation/base/random.h"
#include "main/wire_inference.h"
#include "main/wire_management.h"
#include "main/wire_probes.h"

namespace moorage::main {

namespace {

lane::InferenceLane::Options Observed(lane::InferenceLane::Options options,
                                      lane::LaneObserver* observer) {
  options.observer = observer;
  return options;
}

}  // namespace

base::Result<std::unique_ptr<DataService>> DataService::Make(
    const Shared& shared, net::Reactor& reactor, std::unique_ptr<api::CallObserver> calls,
    lane::LaneObserver& runs) {
  std::unique_ptr<DataService> service(new DataService(shared, reactor, std::move(calls), runs));
  RETURN_IF_ERROR(service->AddRoutes(shared, reactor));
  return service;
}

DataService::DataService(const Shared& shared, net::Reactor& reactor,
                         std::unique_ptr<api::CallObserver> calls, lane::LaneObserver& runs)
    : reactor_(reactor),
      calls_(std::move(calls)),
      runs_(runs),
      // The lane's wake-up may come from an executor's thread. The task runs on the reactor.
      lane_(Observed(shared.lane, &runs), shared.executor, shared.clock,
            [this, &reactor] { reactor.Post([this] { lane_.Collect(); }); }),
      inference_(lane_, shared.manager, shared.clock,
                 shared.lane.admission != nullptr ? shared.lane.admission->memory() : nullptr),
      authenticator_(shared.hosts, shared.dispatcher.origins),
      dispatcher_(std::make_unique<api::Dispatcher>(
          api::Dispatcher::Deps{routes_.router(), *calls_, authenticator_, shared.clock,
                                base::SystemRandom::Get()},
          shared.dispatcher)) {}

void DataService::EndTick() {
  lane_.EndTick();
  // What is late is answered then, although its run may take longer.
  if (const base::Instant next = lane_.NextDeadline(); next != base::Instant::max()) {
    reactor_.WakeAt(next);
  }
  if (!leaving_.empty()) {
    std::erase_if(leaving_, [this](std::uint32_t servable) { return calls_->Forget(servable); });
  }
}

void DataService::Refresh() { inference_.Refresh(); }

void DataService::Forget(std::uint32_t servable) {
  runs_.Forget(servable);
  // ModelLabel::id is Servable::id.
  if (!calls_->Forget(servable)) leaving_.push_back(servable);
}

base::Status DataService::AddRoutes(const Shared& shared, net::Reactor& reactor) {
  RETURN_IF_ERROR(AddInferenceRoutes(routes_, inference_));
  RETURN_IF_ERROR(AddProbeRoutes(
      routes_, {.readiness = shared.readiness, .manager = shared.manager, .clock = shared.clock},
      shared.metrics));
  return AddManagementRoutes(routes_, {.management = shared.management,
                                       .manager = shared.manager,
                                       .view = inference_.view(),
                                       .jobs = shared.jobs,
                                       .reactor = reactor,
                                       .memory = shared.memory});
}

}  // namespace moorage::main
