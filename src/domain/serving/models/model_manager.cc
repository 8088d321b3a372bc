#include "domain/serving/models/model_manager.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "domain/serving/models/model_plan.h"
#include "domain/serving/models/retired_servables.h"
#include "domain/serving/models/served_models.h"
#include "domain/serving/servable/load_servable.h"
#include "foundation/base/mutex.h"

namespace moorage::models {
namespace {

using base::Instant;
using Models = std::map<std::string, RoutingTable::Model, std::less<>>;

std::string NameOf(const servable::Servable& servable) {
  return Format(servable.name, servable.version);
}

}  // namespace

struct ModelManager::State {
  State(const Options& options_in, ModelSource& source_in, runtime::Backend& backend,
        const base::Clock& clock_in, telemetry::Log& log_in,
        std::atomic<std::uint64_t>& generation_in)
      : options(options_in),
        source(source_in),
        loader(backend, clock_in, options_in.batch_size),
        clock(clock_in),
        log(log_in),
        generation(generation_in) {}

  void Round() EXCLUDES(round_mu, mu);
  void Apply(const std::vector<WantedModel>& wanted, RetryRule rule) REQUIRES(round_mu)
      EXCLUDES(mu);
  std::vector<servable::ServableHandle> LoadVersions(const WantedModel& wanted, RetryRule rule)
      REQUIRES(round_mu) EXCLUDES(mu);
  servable::ServableHandle Load(const model::ModelName& name, const WantedVersion& wanted)
      REQUIRES(round_mu) EXCLUDES(mu);
  base::Result<servable::ServableHandle> Open(const model::ModelName& name,
                                              const WantedVersion& wanted) REQUIRES(round_mu)
      EXCLUDES(mu);
  void Publish() REQUIRES(round_mu) EXCLUDES(mu);
  void EndRound(const std::vector<WantedModel>& wanted) EXCLUDES(mu);
  void SourceProblem(const std::string& text);
  void Unload();
  void Loop() EXCLUDES(mu);

  // Constant after construction.
  const Options options;
  ModelSource& source;
  const servable::ServableLoader loader;
  const base::Clock& clock;
  telemetry::Log& log;
  std::atomic<std::uint64_t>& generation;
  // A version is unloaded soon after its last lease has ended, not at the end of the wait.
  const std::shared_ptr<RetiredServables> retired =
      std::make_shared<RetiredServables>([this] { source.changes().Wake(); });

  base::Mutex round_mu;                // One round at a time. Held while versions are loaded.
  Models models GUARDED_BY(round_mu);  // what the last table was made of
  std::optional<std::uint64_t> applied GUARDED_BY(round_mu);  // generation of the source
  std::uint32_t next_id GUARDED_BY(round_mu) = 1;

  ServedModels served;

  base::Mutex mu;  // Of the thread's turns. Never held during a round.
  std::condition_variable changed;
  std::uint64_t begun GUARDED_BY(mu) = 0;  // rounds of the thread
  std::uint64_t ended GUARDED_BY(mu) = 0;  // the number of the last one that is over
  bool stopping GUARDED_BY(mu) = false;
  std::thread thread;
};

void ModelManager::State::Round() {
  // Unloads first, so that the memory of old versions is free before new ones are loaded.
  const base::MutexLock round(round_mu);
  Unload();
  // The generation is read before the models. A change between the two then causes one more round.
  // In the other order it would be missed.
  const auto now_at = source.Generation();
  if (!now_at.ok()) return SourceProblem(now_at.error().message);
  const bool source_changed = applied != *now_at;
  if (!source_changed && !served.IsRetryDue(clock.Monotonic())) return SourceProblem("");
  const auto wanted = source.Wanted();
  if (!wanted.ok()) {
    // The generation may stay as it is, so the next round must ask again.
    applied.reset();
    return SourceProblem(wanted.error().message);
  }
  SourceProblem("");
  applied = *now_at;
  Apply(*wanted, source_changed ? RetryRule::kNow : RetryRule::kWhenDue);
  Unload();
}

// Loads and publishes model by model, so that a slow load delays no other model's promotion.
void ModelManager::State::Apply(const std::vector<WantedModel>& wanted, RetryRule rule) {
  for (const WantedModel& want : wanted) {
    const std::string& name = want.name.value();
    const auto found = models.find(name);
    const RoutingTable::Model current =
        found == models.end() ? RoutingTable::Model{} : found->second;
    RoutingTable::Model next = PlanRoutes(want, LoadVersions(want, rule), current);
    const bool same = found != models.end() && next.aliases == current.aliases &&
                      next.versions == current.versions;
    if (same) continue;
    LogMoves(log, name, current, next);
    models[name] = std::move(next);
    Publish();
  }
  const std::size_t removed = std::erase_if(models, [&wanted](const auto& entry) {
    return std::ranges::none_of(
        wanted, [&entry](const WantedModel& want) { return want.name.value() == entry.first; });
  });
  if (removed > 0) Publish();
  EndRound(wanted);
}

// Carries out the plan for one model. Returns a lease of each version that is loaded afterwards.
std::vector<servable::ServableHandle> ModelManager::State::LoadVersions(const WantedModel& wanted,
                                                                        RetryRule rule) {
  std::vector<servable::ServableHandle> loaded;
  for (VersionPlan& plan : served.Plan(wanted, rule, clock.Monotonic())) {
    servable::ServableHandle servable = std::move(plan.servable);
    if (plan.action == VersionAction::kLoad) servable = Load(wanted.name, plan.wanted);
    if (servable != nullptr) loaded.push_back(std::move(servable));
  }
  return loaded;
}

// Returns null if the version cannot be loaded. The log has the reason unless it is the old one.
servable::ServableHandle ModelManager::State::Load(const model::ModelName& name,
                                                   const WantedVersion& wanted) {
  served.BeginLoad(name, wanted);
  auto opened = Open(name, wanted);
  if (opened.ok()) {
    served.FinishLoad(*opened);
    return *std::move(opened);
  }
  const std::string& reason = opened.error().message;
  if (served.FailLoad(name, wanted, reason, clock.Monotonic() + options.retry)) {
    log.Error("cannot load " + Format(name, wanted.version) + ": " + reason,
              {{"model", name.value()}, {"version", wanted.version.text()}});
  }
  return nullptr;
}

base::Result<servable::ServableHandle> ModelManager::State::Open(const model::ModelName& name,
                                                                 const WantedVersion& wanted) {
  const Instant start = clock.Monotonic();
  ASSIGN_OR_RETURN(const model::Artifact artifact, source.Fetch(name, wanted));
  ASSIGN_OR_RETURN(servable::LoadedServable loaded,
                   loader.Load(name, wanted.version, artifact, next_id++));
  loaded.servable->digest = wanted.digest;
  const servable::Servable& servable = *loaded.servable;
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.Monotonic() - start);
  const auto one = std::chrono::duration_cast<std::chrono::microseconds>(servable.cost.Of(1));
  log.Info("loaded " + NameOf(servable), {{"model", name.value()},
                                          {"version", wanted.version.text()},
                                          {"digest", wanted.digest.value()},
                                          {"load_ms", took.count()},
                                          {"run_us", one.count()},
                                          {"batchable", servable.batchable}});
  if (!loaded.note.empty()) {
    log.Warning(NameOf(servable) + ": " + loaded.note,
                {{"model", name.value()}, {"version", wanted.version.text()}});
  }
  return retired->Lease(std::move(loaded.servable));
}

void ModelManager::State::Publish() {
  const std::uint64_t next = generation.load(std::memory_order_relaxed) + 1;
  served.Publish(std::make_shared<const RoutingTable>(next, models, options.default_ref));
  // After the table, so that a reactor that sees the new number also finds the new table.
  generation.store(next, std::memory_order_release);
  if (options.published) options.published();
}

// Brings the problems up to date with what the round has done.
void ModelManager::State::EndRound(const std::vector<WantedModel>& wanted) {
  std::vector<std::string> problems;
  const auto table = served.table();
  const auto fallback = table->Default();
  if (options.default_ref && !fallback.ok()) {
    problems.push_back("the default model is not served: " + fallback.error().message);
  }
  served.EndRound(wanted, problems);
}

void ModelManager::State::SourceProblem(const std::string& text) {
  if (!served.ShowSourceProblem(text)) return;
  if (text.empty()) {
    log.Info("the models can be read again");
  } else {
    log.Warning("the models cannot be read, what is loaded keeps serving: " + text);
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
  }
}

void ModelManager::State::Loop() {
  while (true) {
    {
      const base::MutexLock lock(mu);
      if (stopping) return;
      ++begun;
    }
    Round();
    {
      const base::MutexLock lock(mu);
      ended = begun;
      changed.notify_all();
      if (stopping) return;
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
  if (state->thread.joinable()) return;
  {
    const base::MutexLock lock(state->mu);
    state->stopping = false;
    state->begun = 0;
    state->ended = 0;
  }
  state->thread = std::thread([state] { state->Loop(); });
  pthread_setname_np(state->thread.native_handle(), "moorage-models");
  // The first round decides whether the server has a model, so the caller opens its port only after
  // it.
  base::MutexLock lock(state->mu);
  while (state->ended == 0) state->changed.wait(lock.native());
}

void ModelManager::Stop() {
  if (!state_->thread.joinable()) return;
  {
    const base::MutexLock lock(state_->mu);
    state_->stopping = true;
    state_->changed.notify_all();
  }
  state_->source.changes().Wake();
  state_->thread.join();
}

void ModelManager::ReconcileOnce() { state_->Round(); }

void ModelManager::Nudge() { state_->source.changes().Wake(); }

void ModelManager::NudgeAndWait(base::Duration limit) {
  base::MutexLock lock(state_->mu);
  if (!state_->thread.joinable() || state_->stopping) return;
  const std::uint64_t mine = state_->begun + 1;  // the first round that begins after now
  state_->source.changes().Wake();
  // Every wake-up is a round that is over, or the end. There are two at most.
  while (state_->ended < mine && !state_->stopping) {
    if (state_->changed.wait_for(lock.native(), limit) == std::cv_status::timeout) return;
  }
}

std::shared_ptr<const RoutingTable> ModelManager::table() const { return state_->served.table(); }

std::vector<VersionStatus> ModelManager::Status() const { return state_->served.Status(); }

std::vector<std::string> ModelManager::Problems() const { return state_->served.Problems(); }

}  // namespace moorage::models
