#include "domain/serving/models/model_manager.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "domain/serving/models/load_pool.h"
#include "domain/serving/models/model_plan.h"
#include "domain/serving/models/retired_servables.h"
#include "domain/serving/models/served_models.h"
#include "domain/serving/models/version_loader.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/mutex.h"

namespace moorage::models {

// A load that is over, until the next round takes it.
struct FinishedLoad {
  model::ModelName name;
  WantedVersion wanted;
  base::Result<servable::LoadedServable> result;
};

namespace {

using base::Instant;
using Models = std::map<std::string, RoutingTable::Model, std::less<>>;

std::string NameOf(const servable::Servable& servable) {
  return Format(servable.name, servable.version);
}

// Threads wait by the machine's clock, whatever clock a test gives the manager.
Instant EndOf(base::Duration limit) { return base::SystemClock::Get().Monotonic() + limit; }

bool IsWanted(const FinishedLoad& load, const std::vector<WantedModel>& wanted) {
  return std::ranges::any_of(wanted, [&load](const WantedModel& model) {
    return model.name == load.name &&
           std::ranges::any_of(model.versions, [&load](const WantedVersion& version) {
             return version.version == load.wanted.version && version.digest == load.wanted.digest;
           });
  });
}

}  // namespace

struct ModelManager::State {
  State(const Options& options_in, ModelSource& source_in, runtime::Backend& backend,
        const base::Clock& clock_in, telemetry::Log& log_in,
        std::atomic<std::uint64_t>& generation_in)
      : options(options_in),
        source(source_in),
        clock(clock_in),
        log(log_in),
        generation(generation_in),
        here(backend, clock_in, options_in.batch_size),
        loader({source_in, backend, options_in.prober == nullptr ? here : *options_in.prober,
                clock_in, log_in, options_in.load_timeout}) {}

  void Round() EXCLUDES(round_mu, mu);
  std::optional<RetryRule> ReadSource() REQUIRES(round_mu);
  std::vector<servable::ServableHandle> Settle(std::vector<FinishedLoad> loads) REQUIRES(round_mu);
  void Apply(RetryRule rule) REQUIRES(round_mu) EXCLUDES(mu);
  std::vector<servable::ServableHandle> BeginLoads(const WantedModel& want, RetryRule rule)
      REQUIRES(round_mu) EXCLUDES(mu);
  void Submit(const model::ModelName& name, const WantedVersion& version) REQUIRES(round_mu)
      EXCLUDES(mu);
  std::vector<FinishedLoad> TakeFinished() EXCLUDES(mu);
  void Publish() REQUIRES(round_mu) EXCLUDES(mu);
  void EndRound() REQUIRES(round_mu) EXCLUDES(mu);
  void ShowSourceProblem(const std::optional<base::Error>& problem);
  void Unload();
  void Loop() EXCLUDES(mu);

  // Constant after construction.
  const Options options;
  ModelSource& source;
  const base::Clock& clock;
  telemetry::Log& log;
  std::atomic<std::uint64_t>& generation;
  servable::ProberHere here;
  const VersionLoader loader;
  // A version is unloaded soon after its last lease has ended, not at the end of the wait.
  const std::shared_ptr<RetiredServables> retired =
      std::make_shared<RetiredServables>([this] { source.changes().Wake(); });

  base::Mutex round_mu;                                       // One round at a time.
  Models models GUARDED_BY(round_mu);                         // what the last table was made of
  std::vector<WantedModel> wanted GUARDED_BY(round_mu);       // as the source said last
  std::optional<std::uint64_t> applied GUARDED_BY(round_mu);  // generation of the source
  std::uint32_t next_id GUARDED_BY(round_mu) = 1;

  ServedModels served;

  base::Mutex mu;  // Of the turns of the threads. Never held during a round or a load.
  std::condition_variable changed;
  std::uint64_t begun GUARDED_BY(mu) = 0;        // rounds of the thread
  std::uint64_t ended GUARDED_BY(mu) = 0;        // the number of the last one that is over
  std::set<std::string> loading GUARDED_BY(mu);  // models with a load, after that round
  std::vector<FinishedLoad> finished GUARDED_BY(mu);
  base::CancelSource cancel GUARDED_BY(mu);
  bool running GUARDED_BY(mu) = false;
  std::thread thread;  // of the thread that starts and stops
  // The last member, because its loads use everything above.
  LoadPool pool;
};

void ModelManager::State::Round() {
  // Unloads first, so that the memory of old versions is free before new ones are loaded.
  const base::MutexLock round(round_mu);
  Unload();
  std::vector<FinishedLoad> loads = TakeFinished();
  const std::optional<RetryRule> rule = ReadSource();
  if (!rule && loads.empty()) return;
  // The leases keep what was loaded until the table has it.
  const std::vector<servable::ServableHandle> leases = Settle(std::move(loads));
  Apply(rule.value_or(RetryRule::kWhenDue));
  Unload();
  if (options.source_read) options.source_read();
}

// Returns nothing if there is no reason to plan anew.
std::optional<RetryRule> ModelManager::State::ReadSource() {
  // The generation is read before the models. A change between the two then causes one more round.
  // In the other order it would be missed.
  const auto now_at = source.Generation();
  if (!now_at.ok()) {
    ShowSourceProblem(now_at.error());
    return std::nullopt;
  }
  const bool source_changed = applied != *now_at;
  if (!source_changed && !served.IsRetryDue(clock.Monotonic())) {
    ShowSourceProblem(std::nullopt);
    return std::nullopt;
  }
  auto read = source.Wanted();
  if (!read.ok()) {
    // The generation may stay as it is, so the next round must ask again.
    applied.reset();
    ShowSourceProblem(read.error());
    return std::nullopt;
  }
  ShowSourceProblem(std::nullopt);
  applied = *now_at;
  wanted = *std::move(read);
  return source_changed ? RetryRule::kNow : RetryRule::kWhenDue;
}

std::vector<FinishedLoad> ModelManager::State::TakeFinished() {
  const base::MutexLock lock(mu);
  return std::exchange(finished, {});
}

// Moves the records of loads that are over. Returns the leases of what was loaded.
std::vector<servable::ServableHandle> ModelManager::State::Settle(std::vector<FinishedLoad> loads) {
  std::vector<servable::ServableHandle> leases;
  for (FinishedLoad& load : loads) {
    const Instant retry_at = clock.Monotonic() + options.retry;
    if (!load.result.ok()) {
      const std::string& reason = load.result.error().message;
      if (served.FailLoad(load.name, load.wanted, reason, retry_at)) {
        log.Error("cannot load " + Format(load.name, load.wanted.version) + ": " + reason,
                  {{"model", load.name.value()}, {"version", load.wanted.version.text()}});
      }
      continue;
    }
    servable::ServableHandle lease = retired->Lease(std::move(load.result->servable));
    if (IsWanted(load, wanted)) {
      served.FinishLoad(lease);
      leases.push_back(std::move(lease));
    } else {
      // No table would hold it. The end of the round forgets the record.
      (void)served.FailLoad(load.name, load.wanted, "it is no longer wanted", retry_at);
    }
  }
  return leases;
}

// Publishes model by model. What is missing is loaded meanwhile, and a later round publishes it.
void ModelManager::State::Apply(RetryRule rule) {
  for (const WantedModel& want : wanted) {
    const std::string& name = want.name.value();
    const auto found = models.find(name);
    const RoutingTable::Model current =
        found == models.end() ? RoutingTable::Model{} : found->second;
    RoutingTable::Model next = PlanRoutes(want, BeginLoads(want, rule), current);
    next.unavailable = served.Unavailable(want, next);
    if (found != models.end() && next == current) continue;
    LogMoves(log, name, current, next);
    models[name] = std::move(next);
    Publish();
  }
  const std::size_t removed = std::erase_if(models, [this](const auto& entry) {
    return std::ranges::none_of(
        wanted, [&entry](const WantedModel& want) { return want.name.value() == entry.first; });
  });
  if (removed > 0) Publish();
  EndRound();
}

// Carries out the plan for one model. Returns a lease of each version that is loaded already.
std::vector<servable::ServableHandle> ModelManager::State::BeginLoads(const WantedModel& want,
                                                                      RetryRule rule) {
  std::vector<servable::ServableHandle> loaded;
  for (VersionPlan& plan : served.Plan(want, rule, clock.Monotonic())) {
    if (plan.action == VersionAction::kLoad) Submit(want.name, plan.wanted);
    if (plan.servable != nullptr) loaded.push_back(std::move(plan.servable));
  }
  return loaded;
}

void ModelManager::State::Submit(const model::ModelName& name, const WantedVersion& version) {
  served.BeginLoad(name, version);
  base::CancelToken token;
  {
    const base::MutexLock lock(mu);
    token = cancel.token();
  }
  pool.Submit([this, name, version, token, id = next_id++] {
    FinishedLoad load{
        .name = name, .wanted = version, .result = loader.Load(name, version, id, token)};
    {
      const base::MutexLock lock(mu);
      finished.push_back(std::move(load));
    }
    source.changes().Wake();
  });
}

void ModelManager::State::Publish() {
  const std::uint64_t next = generation.load(std::memory_order_relaxed) + 1;
  served.Publish(std::make_shared<const RoutingTable>(next, models, options.default_ref));
  // After the table, so that a reactor that sees the new number also finds the new table.
  generation.store(next, std::memory_order_release);
  if (options.published) options.published();
}

// Brings the problems up to date with what the round has done.
void ModelManager::State::EndRound() {
  std::vector<std::string> problems;
  const auto table = served.table();
  const auto fallback = table->Default();
  if (options.default_ref && !fallback.ok()) {
    problems.push_back("the default model is not served: " + fallback.error().message);
  }
  served.EndRound(wanted, problems);
}

void ModelManager::State::ShowSourceProblem(const std::optional<base::Error>& problem) {
  if (!served.ShowSourceProblem(problem)) return;
  if (!problem) {
    log.Info("the models can be read again");
  } else {
    log.Warning("the models cannot be read, what is loaded keeps serving: " + problem->message);
  }
}

// Destroys the versions whose last lease has ended.
void ModelManager::State::Unload() {
  for (std::unique_ptr<const servable::Servable>& unleased : retired->Take()) {
    const std::string name = NameOf(*unleased);
    const std::string model = unleased->name.value();
    const std::uint32_t id = unleased->id;
    served.BeginUnload(id);
    unleased.reset();
    served.FinishUnload(id);
    log.Info("unloaded " + name, {{"model", model}});
    if (options.unloaded) options.unloaded(id);
  }
}

void ModelManager::State::Loop() {
  while (true) {
    std::uint64_t number = 0;
    {
      const base::MutexLock lock(mu);
      if (!running) return;
      number = ++begun;
    }
    Round();
    std::set<std::string> still_loading = served.Loading();
    {
      const base::MutexLock lock(mu);
      ended = number;
      loading = std::move(still_loading);
      changed.notify_all();
      if (!running) return;
    }
    source.changes().Wait(options.poll);
  }
}

ModelManager::ModelManager(const Options& options, ModelSource& source, runtime::Backend& backend,
                           const base::Clock& clock, telemetry::Log& log)
    : state_(std::make_unique<State>(options, source, backend, clock, log, generation_)) {}

ModelManager::~ModelManager() {
  Stop();
  // Leases may outlive the manager. From here on they must not wake the source.
  state_->retired->Close();
}

void ModelManager::Start() {
  State* state = state_.get();
  {
    const base::MutexLock lock(state->mu);
    if (state->running) return;
    state->running = true;
    state->cancel = base::CancelSource();
    state->begun = 0;
    state->ended = 0;
  }
  state->pool.Start(std::max<std::size_t>(state->options.load_threads, 1));
  state->thread = std::thread([state] { state->Loop(); });
  pthread_setname_np(state->thread.native_handle(), "moorage-models");
  // The first loads decide whether the server has a model, so the caller opens its port after them.
  const Instant end = EndOf(state->options.first_loads);
  base::MutexLock lock(state->mu);
  while (state->ended == 0 || !state->loading.empty()) {
    if (state->changed.wait_until(lock.native(), end) == std::cv_status::timeout) return;
  }
}

void ModelManager::Stop() {
  State* state = state_.get();
  base::CancelSource cancel;
  {
    const base::MutexLock lock(state->mu);
    if (!state->running) return;
    state->running = false;
    cancel = state->cancel;
    state->changed.notify_all();
  }
  cancel.Cancel(base::CancelReason::kShutdown);
  state->pool.Stop();
  state->source.changes().Wake();
  state->thread.join();
}

void ModelManager::ReconcileOnce() {
  do {
    state_->Round();
  } while (state_->pool.RunWaiting() > 0);
}

void ModelManager::Nudge() { state_->source.changes().Wake(); }

base::Status ModelManager::AwaitSwitch(const model::ModelName& name, const model::Alias& alias,
                                       base::Duration limit) {
  State* state = state_.get();
  if (const auto never = state->source.NeverServes(alias)) {
    return base::Error{base::Code::kUnavailable, *never};
  }
  // One end for all wake-ups, because each of them may be about another model.
  const Instant end = EndOf(limit);
  {
    base::MutexLock lock(state->mu);
    const std::uint64_t mine = state->begun + 1;  // the first round that begins after now
    state->source.changes().Wake();
    while (state->running && (state->ended < mine || state->loading.contains(name.value()))) {
      if (state->changed.wait_until(lock.native(), end) == std::cv_status::timeout) break;
    }
  }
  return state->served.CheckAlias(name, alias);
}

std::shared_ptr<const RoutingTable> ModelManager::table() const { return state_->served.table(); }

std::vector<VersionStatus> ModelManager::Status() const { return state_->served.Status(); }

std::vector<std::string> ModelManager::Problems() const { return state_->served.Problems(); }

bool ModelManager::SourceReplaced() const {
  const auto problem = state_->served.SourceProblem();
  return problem && problem->reason == base::kReplacedReason;
}

}  // namespace moorage::models
