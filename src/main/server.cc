#include "main/server.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/lane_metrics.h"
#include "domain/serving/models/model_manager.h"
#include "edge/api/call_recorder.h"
#include "edge/api/request_metrics.h"
#include "edge/http1/http1_protocol.h"
#include "edge/net/cpu_budget.h"
#include "edge/port/reactor_group.h"
#include "edge/probes/readiness.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/log/async_log.h"
#include "foundation/telemetry/metrics/process_metrics.h"
#include "main/data_operations.h"
#include "main/data_service.h"
#include "main/end_signals.h"
#include "main/exposure.h"
#include "main/job_pool.h"
#include "main/log_options.h"
#include "main/metrics_service.h"
#include "main/open_files.h"
#include "main/served_models.h"
#include "main/server_metrics.h"
#include "main/version.h"
#include "platform/runtime/onnx/onnx_backend.h"

namespace moorage::main {

namespace {

using base::Result;
using base::Status;
using config::Config;

net::ListenAddress AddressOf(const config::Endpoint& endpoint) {
  return {endpoint.host, endpoint.port};
}

// A server that only this machine can reach knows the names that it is called by.
api::TrustedHosts HostsOf(const config::Endpoint& endpoint) {
  return {.configured = endpoint.host,
          .others = endpoint.loopback() ? api::TrustedHosts::Others::kRefused
                                        : api::TrustedHosts::Others::kRefusedToBrowsers};
}

// The objects of a running server, in the order of their dependence.
class Server {
 public:
  Server(const Config& config, const cli::ServeOptions& options)
      : config_(config),
        options_(options),
        log_(LogOptionsOf(config.logging), base::SystemClock::Get()),
        operations_(DataOperations().begin(), DataOperations().end()),
        endpoints_(api::EndpointNames(operations_)),
        requests_(endpoints_) {}

  ~Server() {
    if (manager_) manager_->Stop();
    if (metrics_port_ != nullptr) metrics_port_->Stop();
    if (data_port_ != nullptr) data_port_->Stop();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status Start() {
    const base::Clock& clock = base::SystemClock::Get();
    if (const auto warning = WarningOf(RaiseOpenFileLimit())) log_.Warning(*warning);
    ASSIGN_OR_RETURN(models_, ServedModels::Open(config_, options_, backend_, log_));
    executor_.emplace(lane::BatchExecutor::Options{.threads = reactor_count()}, clock);
    manager_.emplace(models::ModelManager::Options{.default_ref = config_.serving.default_model,
                                                   .batch_size = config_.serving.batch_size,
                                                   .published = [this] { RefreshReactors(); }},
                     *models_.source, backend_, clock, log_);
    readiness_.emplace(*manager_);
    manager_->Start();
    RETURN_IF_ERROR(StartDataPort());
    RETURN_IF_ERROR(StartMetricsPort());
    Announce();
    return {};
  }

  int Drain(std::string_view signal) {
    log_.Info(std::string(signal) + ": taking leave of " +
              std::to_string(data_port_->connections()) + " connections");
    readiness_->StartDraining();
    const auto drained = data_port_->Drain(config_.server.drain);
    executor_->GiveUp();  // nobody waits for what still runs
    manager_->Stop();
    log_.Info(drained.cut == 0 ? "every request was answered; goodbye"
                               : std::to_string(drained.cut) +
                                     " connections were cut at the end of server.drain");
    log_.Flush();
    return 0;
  }

 private:
  std::size_t reactor_count() const {
    return config_.server.threads > 0 ? config_.server.threads : net::UsableCpus();
  }

  Status StartDataPort() {
    const std::size_t reactors = reactor_count();
    port::ReactorGroup::Options options;
    options.listen = AddressOf(config_.server.listen);
    options.reactors = reactors;
    options.protocols = {http1::Http1Protocol::Factory({.max_body = config_.server.max_body})};
    options.stages = &stages_;
    const DataService::Shared shared{
        .manager = *manager_,
        .executor = *executor_,
        .management = models_.management.get(),
        .jobs = jobs_,
        .readiness = *readiness_,
        .metrics = requests_,
        .clock = base::SystemClock::Get(),
        .hosts = HostsOf(config_.server.listen),
        .lane = {.batch_size = config_.serving.batch_size,
                 .max_concurrent_requests =
                     (config_.serving.max_concurrent_requests + reactors - 1) / reactors,
                 .inline_run = config_.serving.inline_run,
                 .inline_tick = config_.serving.inline_tick},
        .dispatcher = {.timeout = config_.serving.timeout, .max_body = config_.server.max_body}};
    const auto payloads = config_.logging.predictions.payload == config::PayloadPolicy::kNone
                              ? api::CallRecorder::Payloads::kDropped
                              : api::CallRecorder::Payloads::kKept;
    ASSIGN_OR_RETURN(
        data_port_,
        port::ReactorGroup::Start(
            options, base::SystemClock::Get(),
            [&](net::Reactor& reactor) -> Result<std::unique_ptr<port::ReactorService>> {
              auto recorder = std::make_unique<api::CallRecorder>(
                  api::CallRecorder::Deps{requests_, requests_.AddShard(), log_.AddShard(),
                                          base::SystemClock::Get()},
                  endpoints_, payloads);
              ASSIGN_OR_RETURN(auto service, DataService::Make(shared, reactor, std::move(recorder),
                                                               runs_.AddLane()));
              const base::MutexLock lock(services_mutex_);
              services_.push_back({&reactor, service.get()});
              return std::unique_ptr<port::ReactorService>(std::move(service));
            }));
    return {};
  }

  Status StartMetricsPort() {
    server_metrics_.emplace(ServerMetrics::Deps{
        .manager = *manager_,
        .executor = *executor_,
        .registry = models_.registry ? models_.registry->registry.get() : nullptr,
        .runtime = backend_.version(),
        .connections = [this] { return data_port_->connections(); }});
    port::ReactorGroup::Options options;
    options.listen = AddressOf(config_.server.metrics_listen);
    options.reactors = 1;
    options.thread_name = "moorage-metrics";
    options.protocols = {http1::Http1Protocol::Factory({})};
    const std::vector<const telemetry::Collector*> collectors = {
        &requests_, &runs_, &stages_, &log_, &process_, &*server_metrics_};
    ASSIGN_OR_RETURN(
        metrics_port_,
        port::ReactorGroup::Start(
            options, base::SystemClock::Get(),
            [&](net::Reactor& /*reactor*/) -> Result<std::unique_ptr<port::ReactorService>> {
              ASSIGN_OR_RETURN(auto service,
                               MetricsService::Make(collectors, *readiness_, *manager_));
              return std::unique_ptr<port::ReactorService>(std::move(service));
            }));
    return {};
  }

  // A new table was published: reactors that sleep must let go of the old one.
  void RefreshReactors() {
    const base::MutexLock lock(services_mutex_);
    for (const auto& [reactor, service] : services_) {
      reactor->Post([target = service] { target->Refresh(); });
    }
  }

  void Announce() {
    const auto url = [](const config::Endpoint& endpoint, std::uint16_t port) {
      const bool v6 = endpoint.host.find(':') != std::string::npos;
      return "http://" + (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
             std::to_string(port);
    };
    for (const std::string& reason : readiness_->Reasons()) log_.Warning("not ready: " + reason);
    log_.Info("metrics on " + url(config_.server.metrics_listen, metrics_port_->port()) +
              "/metrics");
    log_.Info("listening on " + url(config_.server.listen, data_port_->port()),
              {{"version", kVersion}, {"reactors", data_port_->reactors()}});
  }

  struct Service {
    net::Reactor* reactor;
    DataService* service;
  };

  const Config config_;
  const cli::ServeOptions options_;
  telemetry::AsyncLog log_;
  const std::vector<api::Operation> operations_;
  const std::vector<std::string> endpoints_;
  api::RequestMetrics requests_;
  lane::LaneMetrics runs_;
  port::StageMetrics stages_;
  telemetry::ProcessMetrics process_;
  runtime::OnnxBackend backend_{{.log = [this](std::string_view text) {
    log_.Warning(std::string("model: ").append(text));
  }}};
  ServedModels models_;
  std::optional<lane::BatchExecutor> executor_;
  base::Mutex services_mutex_;
  std::vector<Service> services_ GUARDED_BY(services_mutex_);
  std::optional<models::ModelManager> manager_;
  std::optional<probes::Readiness> readiness_;
  std::optional<ServerMetrics> server_metrics_;
  std::unique_ptr<port::ReactorGroup> data_port_;
  std::unique_ptr<port::ReactorGroup> metrics_port_;
  // Last: its jobs use everything above, and end before anything goes.
  JobPool jobs_{{}};
};

}  // namespace

Result<int> Serve(const Config& config, const cli::ServeOptions& options) {
  RETURN_IF_ERROR(CheckExposure(config, options));
  const EndSignals signals;
  Server server(config, options);
  RETURN_IF_ERROR(server.Start());
  const std::string_view signal = signals.Wait();
  EndSignals::LetInterrupt();
  return server.Drain(signal);
}

}  // namespace moorage::main
