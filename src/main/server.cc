#include "main/server.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/trial/trial_process.h"
#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/lane_metrics.h"
#include "domain/serving/models/model_manager.h"
#include "edge/api/call_recorder.h"
#include "edge/http1/http1_protocol.h"
#include "edge/port/connection_metrics.h"
#include "edge/port/reactor_group.h"
#include "edge/probes/readiness.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/posix_file_system.h"
#include "foundation/telemetry/log/async_log.h"
#include "foundation/telemetry/metrics/memory_metrics.h"
#include "foundation/telemetry/metrics/process_metrics.h"
#include "main/data_operations.h"
#include "main/data_service.h"
#include "main/measured_accuracies.h"
#include "main/metrics_service.h"
#include "main/process/end_signals.h"
#include "main/process/exposure.h"
#include "main/process/job_pool.h"
#include "main/process/memory_return.h"
#include "main/process/open_files.h"
#include "main/server_metrics.h"
#include "main/version.h"
#include "main/wire_lane.h"
#include "main/wire_models.h"
#include "main/wire_ports.h"
#include "main/wire_telemetry.h"
#include "platform/config/memory_limit.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/worker/exit_deadline.h"

namespace moorage::main {

namespace {

using base::Result;
using base::Status;
using config::Config;

// What the process may take beyond server.drain to stop its threads and write its log.
constexpr std::chrono::milliseconds kExitGrace{800};

// The objects of a running server, in the order of their dependence, and the order in which they
// start, drain and stop. How each is built is in wire_<room>.h.
class Server {
 public:
  Server(const Config& config, const cli::ServeOptions& options)
      : config_(config),
        options_(options),
        memory_(config::MemoryLimitOf(config.server, base::PosixFileSystem::Get())),
        log_(LogOptionsOf(config.logging), base::SystemClock::Get()),
        operations_(DataOperations().begin(), DataOperations().end()),
        endpoints_(api::EndpointNames(operations_)),
        requests_(endpoints_) {}

  ~Server() {
    // The manager posts to the reactors, so it stops before they do.
    if (manager_) manager_->Stop();
    if (metrics_port_ != nullptr) metrics_port_->Stop();
    if (data_port_ != nullptr) data_port_->Stop();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status Start() {
    const base::Clock& clock = base::SystemClock::Get();
    // Before the first socket, because every connection counts.
    open_files_ = process::RaiseOpenFileLimit();
    if (const auto warning = process::WarningOf(open_files_)) log_.Warning(*warning);
    ASSIGN_OR_RETURN(models_, ModelOrigin::Open(config_, options_, backend_, prober_, log_));
    admission_.emplace(AdmissionOptionsOf(config_.serving, &memory_));
    executor_.emplace(ExecutorOptionsOf(ReactorCountOf(config_.server)), clock);
    models::ModelManager::Options manager = ManagerOptionsOf(config_.serving, prober_);
    manager.published = [this] { RefreshReactors(); };
    if (models_.registry) {
      manager.source_read = [this] {
        accuracies_.Refresh(*models_.registry->registry, *manager_->table());
      };
    }
    manager.unloaded = [this](std::uint32_t servable) { ForgetOnReactors(servable); };
    manager_.emplace(manager, *models_.source, backend_, clock, log_);
    readiness_.emplace(*manager_);
    manager_->Start();
    // The first round of the manager is over, so a port that listens serves what could be loaded.
    RETURN_IF_ERROR(StartDataPort());
    RefreshReactors();  // a table may have been published before every reactor was in the list
    RETURN_IF_ERROR(StartMetricsPort());
    Announce();
    return {};
  }

  // What a running server can take up anew.
  void Reload() {
    log_.Reopen();
    manager_->Nudge();
    log_.Info(
        "SIGHUP: the log file is opened again, and the models are asked for again; a changed "
        "configuration needs a restart");
  }

  int Drain(std::string_view signal) {
    log_.Info(std::string(signal) + ": draining " + std::to_string(data_port_->connections()) +
              " connections");
    readiness_->StartDraining();
    jobs_.RefuseWaiting();
    // What waits for a thread is answered 503 before the connections are cut, and runs are stopped.
    const auto drained = data_port_->Drain(config_.server.drain, [this] { executor_->GiveUp(); });
    jobs_.CancelRunning();
    executor_->GiveUp();  // no client waits for what still runs
    manager_->Stop();
    log_.Info(drained.cut == 0 ? "every request was answered, the process ends"
                               : std::to_string(drained.cut) +
                                     " connections were cut at the end of server.drain");
    log_.Flush();
    return 0;
  }

 private:
  Status StartDataPort() {
    const std::size_t reactors = ReactorCountOf(config_.server);
    port::ReactorGroup::Options options;
    options.listen = AddressOf(config_.server.listen);
    options.reactors = reactors;
    options.protocols = {http1::Http1Protocol::Factory({})};
    options.stages = &stages_;
    options.memory = &memory_;
    options.max_connections = MaxConnectionsOf(config_.server, open_files_.soft);
    const DataService::Shared shared{
        .manager = *manager_,
        .executor = *executor_,
        .management = models_.management.get(),
        .jobs = jobs_,
        .memory = memory_,
        .readiness = *readiness_,
        .metrics = requests_,
        .clock = base::SystemClock::Get(),
        .hosts = HostsOf(config_.server.listen),
        .lane = LaneOptionsOf(config_.serving, *admission_),
        .dispatcher = {.timeout = config_.serving.timeout,
                       .max_body = std::min<std::size_t>(config_.server.max_body, memory_.limit()),
                       .memory = &memory_,
                       .origins = api::AllowedOrigins(config_.server.cors_origins)}};
    const auto payloads = PayloadsOf(config_.logging);
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
              // A table may have been published since the service took its own.
              reactor.Post([target = service.get()] { target->Refresh(); });
              return std::unique_ptr<port::ReactorService>(std::move(service));
            }));
    return {};
  }

  Status StartMetricsPort() {
    server_metrics_.emplace(ServerMetrics::Deps{.manager = *manager_,
                                                .executor = *executor_,
                                                .accuracies = accuracies_,
                                                .runtime = backend_.version()});
    connection_metrics_.emplace(*data_port_);
    port::ReactorGroup::Options options;
    options.listen = AddressOf(config_.server.metrics_listen);
    options.reactors = 1;
    options.thread_name = "moorage-metrics";
    options.memory = &memory_;
    options.max_connections = 64;
    options.spare_files = 4;
    options.protocols = {http1::Http1Protocol::Factory({})};
    const std::vector<const telemetry::Collector*> collectors = {
        &requests_, &runs_,           &stages_,          &log_,
        &process_,  &memory_metrics_, &*server_metrics_, &*connection_metrics_};
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

  // A new table was published. Requests follow it without this, but a reactor that sleeps must
  // release the old one.
  void RefreshReactors() {
    const base::MutexLock lock(services_mutex_);
    for (const auto& [reactor, service] : services_) {
      reactor->Post([target = service] { target->Refresh(); });
    }
  }

  void ForgetOnReactors(std::uint32_t servable) {
    const base::MutexLock lock(services_mutex_);
    for (const auto& [reactor, service] : services_) {
      reactor->Post([target = service, servable] { target->Forget(servable); });
    }
  }

  void Announce() {
    for (const std::string& reason : readiness_->Reasons()) log_.Warning("not ready: " + reason);
    log_.Info("metrics on " + UrlOf(config_.server.metrics_listen, metrics_port_->port()) +
              "/metrics");
    // The last line, because scripts wait for it. Both ports are open by now.
    log_.Info("listening on " + UrlOf(config_.server.listen, data_port_->port()),
              {{"version", kVersion}, {"reactors", data_port_->reactors()}});
  }

  struct Service {
    net::Reactor* reactor;
    DataService* service;
  };

  const Config config_;
  const cli::ServeOptions options_;
  base::MemoryBudget memory_;  // of the whole process
  telemetry::AsyncLog log_;
  const std::vector<api::Operation> operations_;
  const std::vector<std::string> endpoints_;
  api::RequestMetrics requests_;
  process::OpenFileLimit open_files_;
  lane::LaneMetrics runs_;
  port::StageMetrics stages_;
  telemetry::MemoryMetrics memory_metrics_{memory_};
  telemetry::ProcessMetrics process_;
  runtime::OnnxBackend backend_{{.memory = &memory_, .log = [this](std::string_view text) {
                                   log_.Warning(std::string("model: ").append(text));
                                 }}};
  trial::TrialProcess prober_{TrialOptionsOf(config_.serving)};
  ModelOrigin models_;
  std::optional<lane::Admission> admission_;
  std::optional<lane::BatchExecutor> executor_;
  base::Mutex services_mutex_;
  std::vector<Service> services_ GUARDED_BY(services_mutex_);
  MeasuredAccuracies accuracies_;
  std::optional<models::ModelManager> manager_;
  std::optional<probes::Readiness> readiness_;
  std::optional<ServerMetrics> server_metrics_;
  std::unique_ptr<port::ReactorGroup> data_port_;
  std::optional<port::ConnectionMetrics> connection_metrics_;
  std::unique_ptr<port::ReactorGroup> metrics_port_;
  // The last member, because its jobs use everything above and end before it is destroyed.
  process::JobPool jobs_{{}};
};

}  // namespace

Result<int> Serve(const Config& config, const cli::ServeOptions& options) {
  RETURN_IF_ERROR(process::CheckExposure(config, options));
  process::SetHeapLimits();
  // Before the first thread, because threads inherit the mask of signals.
  const process::EndSignals signals;
  // Outlives the server, whose end may wait for a run or a job.
  std::optional<worker::ExitDeadline> deadline;
  Server server(config, options);
  RETURN_IF_ERROR(server.Start());
  const process::MemoryReturn memory_return(
      process::MemoryReturn::OfProcess(base::PosixFileSystem::Get()));
  process::Signal signal = signals.Wait();
  for (; signal == process::Signal::kHangUp; signal = signals.Wait()) server.Reload();
  // An operator who does not want to wait for the drain sends a second interrupt.
  process::EndSignals::LetInterrupt();
  deadline.emplace(config.server.drain + kExitGrace, &worker::ExitDeadline::LeaveNow);
  return server.Drain(Name(signal));
}

}  // namespace moorage::main
