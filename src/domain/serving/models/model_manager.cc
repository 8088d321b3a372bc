#include "domain/serving/models/model_manager.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "domain/serving/models/graveyard.h"
#include "domain/serving/models/served_models.h"
#include "domain/serving/models/version_report.h"
#include "domain/serving/servable/load_servable.h"
#include "foundation/base/mutex.h"

namespace moorage::models {
namespace {

using base::Instant;
using Models = std::map<std::string, RoutingTable::Model, std::less<>>;

std::string NameOf(const servable::Servable& servable) {
  return servable.name.value() + "@" + servable.version.text();
}

// The loaded version with this text and, unless it is null, this digest.
servable::ServableHandle Find(const RoutingTable::Model& model, const std::string& version,
                              const model::Digest* digest) {
  for (const servable::ServableHandle& servable : model.versions) {
    if (servable->version.text() != version) continue;
    if (digest == nullptr || servable->digest == *digest) return servable;
  }
  return nullptr;
}

bool Precedes(const servable::ServableHandle& a, const servable::ServableHandle& b) {
  const std::weak_ordering order = a->version <=> b->version;
  return order != 0 ? order < 0 : a->version.text() < b->version.text();
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
  void Apply(const std::vector<WantedModel>& wanted) REQUIRES(round_mu) EXCLUDES(mu);
  RoutingTable::Model Assemble(const WantedModel& wanted, const RoutingTable::Model& current)
      REQUIRES(round_mu) EXCLUDES(mu);
  servable::ServableHandle LoadUnlessFailed(const model::ModelName& name,
                                            const WantedVersion& wanted) REQUIRES(round_mu)
      EXCLUDES(mu);
  base::Result<servable::ServableHandle> Load(const model::ModelName& name,
                                              const WantedVersion& wanted) REQUIRES(round_mu)
      EXCLUDES(mu);
  void Publish() REQUIRES(round_mu) EXCLUDES(mu);
  void Describe(const std::vector<WantedModel>& wanted) REQUIRES(round_mu) EXCLUDES(mu);
  void SourceProblem(const std::string& text) REQUIRES(round_mu) EXCLUDES(mu);
  bool RetryDue() const REQUIRES(round_mu);
  void Unload();
  void Loop() EXCLUDES(mu);

  // Constant after construction.
  const Options options;
  ModelSource& source;
  const servable::ServableLoader loader;
  const base::Clock& clock;
  telemetry::Log& log;
  std::atomic<std::uint64_t>& generation;
  const std::shared_ptr<Graveyard> graveyard = std::make_shared<Graveyard>();

  base::Mutex round_mu;                // One round at a time; held while versions are loaded.
  Models models GUARDED_BY(round_mu);  // what the last table was made of
  LoadFailures failures GUARDED_BY(round_mu);
  std::optional<std::uint64_t> applied GUARDED_BY(round_mu);  // generation of the source
  std::uint32_t next_id GUARDED_BY(round_mu) = 1;

  ServedModels served;

  base::Mutex mu;  // Of the thread's turns; never held during a round.
  std::condition_variable changed;
  std::uint64_t begun GUARDED_BY(mu) = 0;  // rounds of the thread
  std::uint64_t ended GUARDED_BY(mu) = 0;  // the number of the last one that is over
  bool nudged GUARDED_BY(mu) = false;
  bool stopping GUARDED_BY(mu) = false;
  std::thread thread;
};

void ModelManager::State::Round() {
  const base::MutexLock round(round_mu);
  Unload();
  const auto now_at = source.Generation();
  if (!now_at.ok()) return SourceProblem(now_at.error().message);
  if (applied == *now_at && !RetryDue()) return SourceProblem("");
  const auto wanted = source.Wanted();
  if (!wanted.ok()) {
    applied.reset();
    return SourceProblem(wanted.error().message);
  }
  SourceProblem("");
  if (applied != *now_at) {
    for (auto& [name, failure] : failures) failure.retry_at = Instant{};
  }
  applied = *now_at;
  Apply(*wanted);
  Unload();
}

// Loads and publishes model by model, so that a slow load delays no other model's promotion.
void ModelManager::State::Apply(const std::vector<WantedModel>& wanted) {
  for (const WantedModel& want : wanted) {
    const std::string& name = want.name.value();
    const auto found = models.find(name);
    const RoutingTable::Model current =
        found == models.end() ? RoutingTable::Model{} : found->second;
    RoutingTable::Model next = Assemble(want, current);
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
  ForgetUnwanted(wanted, failures);
  Describe(wanted);
}

// What is to be served of one model: wanted versions, loaded if need be; where an alias has none
// because it cannot be loaded, the version that it led to so far.
RoutingTable::Model ModelManager::State::Assemble(const WantedModel& wanted,
                                                  const RoutingTable::Model& current) {
  RoutingTable::Model next;
  for (const WantedVersion& version : wanted.versions) {
    servable::ServableHandle servable = Find(current, version.version.text(), &version.digest);
    if (servable == nullptr) servable = served.StillLeased(wanted.name, version);
    if (servable == nullptr) servable = LoadUnlessFailed(wanted.name, version);
    if (servable != nullptr) next.versions.push_back(std::move(servable));
  }
  for (const AliasTarget& target : wanted.aliases) {
    servable::ServableHandle servable = Find(next, target.version.text(), nullptr);
    const auto old = current.aliases.find(target.alias.value());
    if (servable == nullptr && old != current.aliases.end()) servable = old->second;
    if (servable == nullptr) continue;
    if (std::ranges::find(next.versions, servable) == next.versions.end()) {
      next.versions.push_back(servable);
    }
    next.aliases.emplace(target.alias.value(), std::move(servable));
  }
  std::ranges::sort(next.versions, Precedes);
  return next;
}

servable::ServableHandle ModelManager::State::LoadUnlessFailed(const model::ModelName& name,
                                                               const WantedVersion& wanted) {
  const std::string full = FailureKey(name, wanted.version);
  const auto failed = failures.find(full);
  if (failed != failures.end() && failed->second.digest == wanted.digest &&
      clock.Monotonic() < failed->second.retry_at) {
    return nullptr;
  }
  served.ShowLoading(name, wanted.version);
  auto loaded = Load(name, wanted);
  if (loaded.ok()) {
    failures.erase(full);
    return *std::move(loaded);
  }
  const std::string& reason = loaded.error().message;
  if (failed == failures.end() || failed->second.reason != reason) {
    log.Error("cannot load " + full + ": " + reason,
              {{"model", name.value()}, {"version", wanted.version.text()}});
  }
  failures[full] = {wanted.digest, reason, clock.Monotonic() + options.retry};
  return nullptr;
}

base::Result<servable::ServableHandle> ModelManager::State::Load(const model::ModelName& name,
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
  return graveyard->Lease(std::move(loaded.servable));
}

void ModelManager::State::Publish() {
  const std::uint64_t next = generation.load(std::memory_order_relaxed) + 1;
  served.Publish(std::make_shared<const RoutingTable>(next, models, options.default_ref));
  generation.store(next, std::memory_order_release);
  if (options.published) options.published();
}

// Brings status and problems up to date with what the round has done.
void ModelManager::State::Describe(const std::vector<WantedModel>& wanted) {
  VersionReport report = ReportVersions(wanted, models, failures);
  const auto table = served.table();
  const auto fallback = table->Default();
  if (options.default_ref && !fallback.ok()) {
    report.problems.push_back("the default model is not served: " + fallback.error().message);
  }
  served.ShowReport(std::move(report));
}

void ModelManager::State::SourceProblem(const std::string& text) {
  if (!served.ShowSourceProblem(text)) return;
  if (text.empty()) {
    log.Info("the models can be read again");
  } else {
    log.Warning("the models cannot be read, what is loaded keeps serving: " + text);
  }
}

bool ModelManager::State::RetryDue() const {
  if (failures.empty()) return false;
  const Instant now = clock.Monotonic();
  return std::ranges::any_of(failures,
                             [now](const auto& entry) { return entry.second.retry_at <= now; });
}

// Takes apart the versions whose last lease has ended.
void ModelManager::State::Unload() {
  for (std::unique_ptr<const servable::Servable>& dead : graveyard->Take()) {
    const std::string name = NameOf(*dead);
    const std::string model = dead->name.value();
    dead.reset();
    log.Info("unloaded " + name, {{"model", model}});
  }
}

void ModelManager::State::Loop() {
  while (true) {
    {
      const base::MutexLock lock(mu);
      if (stopping) return;
      nudged = false;
      ++begun;
    }
    Round();
    base::MutexLock lock(mu);
    ended = begun;
    changed.notify_all();
    if (!stopping && !nudged) changed.wait_for(lock.native(), options.poll);
  }
}

ModelManager::ModelManager(const Options& options, ModelSource& source, runtime::Backend& backend,
                           const base::Clock& clock, telemetry::Log& log)
    : state_(std::make_unique<State>(options, source, backend, clock, log, generation_)) {}

ModelManager::~ModelManager() {
  Stop();
  state_->graveyard->Close();
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
  state_->thread.join();
}

void ModelManager::ReconcileOnce() { state_->Round(); }

void ModelManager::Nudge() {
  const base::MutexLock lock(state_->mu);
  state_->nudged = true;
  state_->changed.notify_all();
}

void ModelManager::NudgeAndWait(base::Duration limit) {
  base::MutexLock lock(state_->mu);
  if (!state_->thread.joinable() || state_->stopping) return;
  const std::uint64_t mine = state_->begun + 1;  // the first round that begins after now
  state_->nudged = true;
  state_->changed.notify_all();
  // Every wake-up is a round that is over, or the end: two at most.
  while (state_->ended < mine && !state_->stopping) {
    if (state_->changed.wait_for(lock.native(), limit) == std::cv_status::timeout) return;
  }
}

std::shared_ptr<const RoutingTable> ModelManager::table() const { return state_->served.table(); }

std::vector<VersionStatus> ModelManager::Status() const { return state_->served.Status(); }

std::vector<std::string> ModelManager::Problems() const { return state_->served.Problems(); }

}  // namespace moorage::models
