#include "main/data_service.h"

#include <utility>

#include "edge/inference/oip/oip_handler.h"
#include "edge/inference/simple/predict_handler.h"
#include "edge/management/management_handler.h"
#include "edge/management/management_operations.h"
#include "edge/management/openapi.h"
#include "edge/management/served_models_handler.h"
#include "edge/probes/health_handler.h"
#include "edge/probes/metrics_handler.h"
#include "foundation/base/random.h"
#include "main/data_operations.h"
#include "main/version.h"

namespace moorage::main {

namespace {

using inference::OipHandler;
using inference::PredictHandler;
using probes::HealthHandler;

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
    : calls_(std::move(calls)),
      // The lane's wake-up may come from an executor's thread; the task runs on the reactor.
      lane_(Observed(shared.lane, &runs), shared.executor, shared.clock,
            [this, &reactor] { reactor.Post([this] { lane_.Collect(); }); }),
      inference_(lane_, shared.manager, shared.clock),
      authenticator_(shared.hosts),
      dispatcher_(std::make_unique<api::Dispatcher>(
          api::Dispatcher::Deps{router_, *calls_, authenticator_, shared.clock,
                                base::SystemRandom::Get()},
          shared.dispatcher)) {}

void DataService::EndTick() { lane_.EndTick(); }

void DataService::Refresh() { inference_.Refresh(); }

base::Status DataService::Add(const api::Operation& operation,
                              std::unique_ptr<api::Handler> handler) {
  handlers_.push_back(std::move(handler));
  return router_.Add({operation, handlers_.back().get()});
}

base::Status DataService::Add(std::string_view operation, std::unique_ptr<api::Handler> handler) {
  return Add(api::FindOperation(DataOperations(), operation), std::move(handler));
}

base::Status DataService::AddRoutes(const Shared& shared, net::Reactor& reactor) {
  using Form = PredictHandler::Form;
  using Question = HealthHandler::Question;
  using Call = OipHandler::Call;
  const auto predict = [&](Form form) {
    return std::make_unique<PredictHandler>(form, inference_);
  };
  const auto health = [&](Question question) {
    return std::make_unique<HealthHandler>(question, shared.readiness, shared.manager,
                                           shared.clock);
  };
  const auto oip = [&](Call call) {
    return std::make_unique<OipHandler>(call, inference_, kVersion);
  };
  RETURN_IF_ERROR(Add("predict", predict(Form::kPredict)));
  RETURN_IF_ERROR(Add("predict_v1", predict(Form::kV1)));
  RETURN_IF_ERROR(Add("predict_v2", predict(Form::kV2)));
  RETURN_IF_ERROR(Add("predict_negotiated", predict(Form::kByHeader)));
  RETURN_IF_ERROR(Add("predict_model_v1", predict(Form::kV1)));
  RETURN_IF_ERROR(Add("predict_model_v2", predict(Form::kV2)));
  RETURN_IF_ERROR(Add("health", health(Question::kHealth)));
  RETURN_IF_ERROR(Add("health_live", health(Question::kLive)));
  RETURN_IF_ERROR(Add("health_ready", health(Question::kReady)));
  RETURN_IF_ERROR(Add("oip_live", health(Question::kLive)));
  RETURN_IF_ERROR(Add("oip_ready", health(Question::kReady)));
  RETURN_IF_ERROR(Add("oip_server", oip(Call::kServer)));
  RETURN_IF_ERROR(Add("oip_models", oip(Call::kModels)));
  RETURN_IF_ERROR(Add("oip_model", oip(Call::kModel)));
  RETURN_IF_ERROR(Add("oip_model_version", oip(Call::kModel)));
  RETURN_IF_ERROR(Add("oip_model_ready", oip(Call::kModelReady)));
  RETURN_IF_ERROR(Add("oip_model_version_ready", oip(Call::kModelReady)));
  RETURN_IF_ERROR(Add("oip_infer", oip(Call::kInfer)));
  RETURN_IF_ERROR(Add("oip_version_infer", oip(Call::kInfer)));
  RETURN_IF_ERROR(Add("stats", std::make_unique<probes::StatsHandler>(shared.metrics)));
  std::vector<api::Operation> described(DataOperations().begin(), DataOperations().end());
  for (const api::Operation& operation : management_http::ManagementOperations()) {
    const bool from_files = shared.management == nullptr;
    if (!from_files || management_http::ServedModelsHandler::Answers(operation.name)) {
      described.push_back(operation);
    }
    if (from_files) {
      RETURN_IF_ERROR(Add(operation, std::make_unique<management_http::ServedModelsHandler>(
                                         operation.name, inference_.view())));
      continue;
    }
    RETURN_IF_ERROR(Add(operation, std::make_unique<management_http::ManagementHandler>(
                                       *operation.row, management_http::ManagementHandler::Deps{
                                                           *shared.management, shared.manager,
                                                           shared.jobs, reactor})));
  }
  return Add("openapi", std::make_unique<management_http::OpenApiHandler>(
                            management_http::OpenApiDocument(described, kVersion)));
}

}  // namespace moorage::main
