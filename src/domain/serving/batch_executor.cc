#include "domain/serving/batch_executor.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "domain/serving/batch.h"
#include "domain/serving/cost_estimate.h"
#include "domain/serving/mailbox.h"
#include "foundation/base/mutex.h"
#include "foundation/base/units.h"

namespace moorage::serving {
namespace {

using base::Code;
using base::Error;
using base::Instant;

// Longest sleep of the watchdog while runs with a deadline are under way, so that a clock that does
// not move with the machine's is followed too.
constexpr auto kWatchInterval = std::chrono::milliseconds(50);

std::size_t RowsOf(const BatchJob& job) {
  std::size_t rows = 0;
  for (const Piece& piece : job.data->pieces) rows += piece.rows;
  return rows;
}

// True if rows of both jobs may be input of one run.
bool Alike(const BatchJob& a, const BatchJob& b) {
  return a.data->servable->batchable && a.data->alone.empty() && b.data->alone.empty() &&
         a.data->predictions == b.data->predictions && a.data->rows.form() == b.data->rows.form();
}

// What is waiting for one version.
struct Queue {
  explicit Queue(const ServableHandle& version) : servable(version), cost(version->cost) {}

  std::weak_ptr<const Servable> servable;  // alive while anything of it waits or runs
  CostEstimate cost;
  std::deque<std::unique_ptr<BatchJob>> jobs;
  std::size_t rows = 0;
};

// A run under way, as the watchdog and the prediction of waits see it.
struct ActiveRun {
  runtime::RunControl* control = nullptr;
  Instant give_up = Instant::max();  // when every request of it is late
  Instant expected_end{};
};

// A piece on its way to a run, and where its result goes.
struct Load {
  BatchJob* job = nullptr;
  std::size_t index = 0;

  const Piece& piece() const { return job->data->pieces[index]; }
};

Instant LatestDeadline(std::span<const Load> loads) {
  Instant latest{};
  for (const Load& load : loads) latest = std::max(latest, load.piece().deadline);
  return latest;
}

}  // namespace

struct BatchExecutor::State {
  State(const Options& options_in, const base::Clock& clock_in)
      : options(options_in), clock(clock_in) {}

  using Jobs = std::vector<std::unique_ptr<BatchJob>>;
  void Work();
  void Watch();
  Jobs Take() EXCLUDES(mu);
  void RunJobs(Jobs& jobs, RowBuffers& merged);
  bool RunLoads(std::span<const Load> loads, std::size_t rows, RowBuffers& merged);
  std::list<ActiveRun>::iterator Begin(const BatchJob& job, std::size_t rows, ActiveRun run)
      EXCLUDES(mu);
  void End(std::list<ActiveRun>::iterator run, const Servable& servable, std::size_t rows,
           std::optional<base::Duration> ran) EXCLUDES(mu);
  static void Return(Jobs jobs);

  // Constant after construction.
  const Options options;
  const base::Clock& clock;

  base::Mutex mu;  // Never held across Session::Run().
  std::condition_variable work;
  std::condition_variable watch;
  std::map<std::uint32_t, Queue> queues GUARDED_BY(mu);  // by Servable::id
  std::deque<std::uint32_t> ready GUARDED_BY(mu);        // ids of queues with jobs, in turn
  std::list<ActiveRun> active GUARDED_BY(mu);
  std::list<ActiveRun> guarded GUARDED_BY(mu);            // on reactors' own threads
  Instant watched_until GUARDED_BY(mu) = Instant::max();  // when the watchdog looks again
  std::atomic<bool> giving_up{false};
  bool stopping GUARDED_BY(mu) = false;
  bool stopped GUARDED_BY(mu) = false;

  std::vector<std::thread> workers;
  std::thread watchdog;
};

// The next model's jobs, in turn: all that may share a run, up to its batch size. Empty: stop.
BatchExecutor::State::Jobs BatchExecutor::State::Take() {
  base::MutexLock lock(mu);
  while (ready.empty()) {
    if (stopping) return {};
    work.wait(lock.native());
  }
  const std::uint32_t id = ready.front();
  ready.pop_front();
  Queue& queue = queues.at(id);
  Jobs jobs;
  std::size_t rows = 0;
  while (!queue.jobs.empty()) {
    const BatchJob& next = *queue.jobs.front();
    const std::size_t more = RowsOf(next);
    if (!jobs.empty() && (!Alike(*jobs.front(), next) || rows + more > jobs.front()->batch_size)) {
      break;
    }
    rows += more;
    jobs.push_back(std::move(queue.jobs.front()));
    queue.jobs.pop_front();
  }
  queue.rows -= rows;
  if (!queue.jobs.empty()) {
    ready.push_back(id);
    work.notify_one();
  }
  return jobs;
}

void BatchExecutor::State::Work() {
  while (true) {
    Jobs jobs = Take();
    if (jobs.empty()) return;
    RowBuffers merged(jobs.front()->data->rows.form());
    RunJobs(jobs, merged);
    Return(std::move(jobs));
  }
}

// Runs every piece of the jobs, in groups, and fills in their results.
void BatchExecutor::State::RunJobs(Jobs& jobs, RowBuffers& merged) {
  const std::size_t batch_size = jobs.front()->batch_size;
  const Servable& servable = *jobs.front()->data->servable;
  std::vector<Load> loads;
  for (const std::unique_ptr<BatchJob>& job : jobs) {
    job->results.assign(job->data->pieces.size(), Error{Code::kInternal, "predict: not run"});
    for (std::size_t i = 0; i < job->data->pieces.size(); ++i) loads.push_back({job.get(), i});
  }
  for (std::size_t at = 0; at < loads.size();) {
    const Instant now = clock.Monotonic();
    if (giving_up.load(std::memory_order_relaxed)) {
      loads[at].job->results[loads[at].index] =
          Error{Code::kUnavailable, "predict: the server is shutting down"};
      ++at;
      continue;
    }
    if (loads[at].piece().deadline < now) {
      loads[at].job->results[loads[at].index] =
          ExpiredBeforeRun(servable, now - loads[at].piece().submitted);
      ++at;
      continue;
    }
    std::size_t rows = loads[at].piece().rows;
    std::size_t end = at + 1;
    while (servable.batchable && end < loads.size() && loads[end].piece().deadline >= now &&
           rows + loads[end].piece().rows <= batch_size) {
      rows += loads[end++].piece().rows;
    }
    const std::span<const Load> group(&loads[at], end - at);
    if (!RunLoads(group, rows, merged)) {
      for (const Load& load : group) RunLoads({&load, 1}, load.piece().rows, merged);
    }
    at = end;
  }
}

// One run; false if several requests failed in it and are to be run one by one.
bool BatchExecutor::State::RunLoads(std::span<const Load> loads, std::size_t rows,
                                    RowBuffers& merged) {
  BatchJob& first = *loads.front().job;
  const Servable& servable = *first.data->servable;
  const std::size_t first_row = loads.front().piece().first_row;
  const Piece& last = loads.back().piece();
  const bool as_they_lie =
      loads.back().job == &first && last.first_row + last.rows == first_row + rows;
  std::unique_ptr<runtime::RunControl> control;
  const Instant give_up = LatestDeadline(loads);
  if (give_up != Instant::max()) control = servable.session->MakeControl();

  const Instant start = clock.Monotonic();
  const auto run = Begin(first, rows, {.control = control.get(), .give_up = give_up});
  base::Result<runtime::Outputs> outputs = Error{Code::kInternal, "predict: not run"};
  if (as_they_lie) {
    outputs =
        RunPart(*first.data, first.data->rows, first_row, rows, first.batch_size, control.get());
  } else {
    merged.Truncate(0);
    for (const Load& load : loads) {
      merged.Append(load.job->data->rows, load.piece().first_row, load.piece().rows);
    }
    outputs = RunPart(*first.data, merged, 0, rows, first.batch_size, control.get());
  }
  const base::Duration ran = clock.Monotonic() - start;
  End(run, servable, rows, outputs.ok() ? std::optional(ran) : std::nullopt);

  if (!outputs.ok()) {
    const bool several = loads.size() > 1;
    if (several && outputs.error().code != Code::kDeadline) return false;
    for (const Load& load : loads) load.job->results[load.index] = outputs.error();
    return true;
  }
  const auto shared = std::make_shared<const runtime::Outputs>(*std::move(outputs));
  std::size_t row = 0;
  for (const Load& load : loads) {
    const base::Duration queued = start - load.piece().submitted;
    load.job->results[load.index] = PieceResult{.outputs = shared,
                                                .first_row = row,
                                                .whole = Whole(*first.data),
                                                .batch_rows = rows,
                                                .queued = queued,
                                                .ran = ran};
    row += load.piece().rows;
    std::vector<RunSample>& runs = load.job->runs;
    if (runs.empty() || runs.back().start != start) {
      runs.push_back({.rows = rows, .queued = queued, .ran = ran, .start = start});
    }
    ++runs.back().requests;
  }
  return true;
}

std::list<ActiveRun>::iterator BatchExecutor::State::Begin(const BatchJob& job, std::size_t rows,
                                                           ActiveRun run) {
  const Instant now = clock.Monotonic();
  const base::MutexLock lock(mu);
  const CostEstimate& cost = queues.at(job.data->servable->id).cost;
  run.expected_end = now + cost.OfSlices(rows, job.batch_size);
  active.push_back(run);
  if (run.give_up < watched_until) watch.notify_one();
  return std::prev(active.end());
}

void BatchExecutor::State::End(std::list<ActiveRun>::iterator run, const Servable& servable,
                               std::size_t rows, std::optional<base::Duration> ran) {
  const base::MutexLock lock(mu);
  active.erase(run);
  if (ran) queues.at(servable.id).cost.Record(rows, *ran);
}

void BatchExecutor::State::Return(Jobs jobs) {
  for (std::unique_ptr<BatchJob>& job : jobs) {
    const std::shared_ptr<Mailbox> reply = std::exchange(job->reply, nullptr);
    reply->Put(std::move(job));
  }
}

void BatchExecutor::State::Watch() {
  base::MutexLock lock(mu);
  while (!stopped) {
    if (active.empty() && guarded.empty()) {
      watched_until = Instant::max();
      watch.wait(lock.native());
      continue;
    }
    const Instant now = clock.Monotonic();
    Instant next = Instant::max();
    for (std::list<ActiveRun>* runs : {&active, &guarded}) {
      for (ActiveRun& run : *runs) {
        if (run.give_up == Instant::max()) continue;
        if (run.give_up < now) {
          run.control->Terminate();
          run.give_up = Instant::max();
        } else {
          next = std::min(next, run.give_up);
        }
      }
    }
    if (next == Instant::max()) {
      watched_until = next;
      watch.wait(lock.native());
    } else {
      const auto pause = std::min<base::Duration>(next - now, kWatchInterval);
      watched_until = now + pause;
      watch.wait_for(lock.native(), pause);
    }
  }
}

BatchExecutor::BatchExecutor(const Options& options, const base::Clock& clock)
    : state_(std::make_unique<State>(options, clock)) {
  State* state = state_.get();
  for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i) {
    state->workers.emplace_back([state] { state->Work(); });
    const std::string name = "moorage-run-" + std::to_string(i);
    pthread_setname_np(state->workers.back().native_handle(), name.substr(0, 15).c_str());
  }
  state->watchdog = std::thread([state] { state->Watch(); });
  pthread_setname_np(state->watchdog.native_handle(), "moorage-watch");
}

BatchExecutor::~BatchExecutor() {
  {
    const base::MutexLock lock(state_->mu);
    state_->stopping = true;
    state_->work.notify_all();
  }
  for (std::thread& worker : state_->workers) worker.join();
  {
    const base::MutexLock lock(state_->mu);
    state_->stopped = true;
    state_->watch.notify_all();
  }
  state_->watchdog.join();
}

BatchExecutor::Guard::Guard(BatchExecutor& executor, runtime::RunControl& control,
                            base::Instant give_up)
    : executor_(executor) {
  State& state = *executor.state_;
  const base::MutexLock lock(state.mu);
  state.guarded.push_back({.control = &control, .give_up = give_up});
  run_ = &state.guarded.back();
  if (give_up < state.watched_until) state.watch.notify_one();
}

BatchExecutor::Guard::~Guard() {
  State& state = *executor_.state_;
  const base::MutexLock lock(state.mu);
  state.guarded.remove_if([this](const ActiveRun& run) { return &run == run_; });
}

void BatchExecutor::GiveUp() {
  const base::MutexLock lock(state_->mu);
  state_->giving_up = true;
  for (std::list<ActiveRun>* runs : {&state_->active, &state_->guarded}) {
    for (ActiveRun& run : *runs) {
      if (run.control != nullptr) run.control->Terminate();
    }
  }
}

base::Result<base::Duration> BatchExecutor::Admit(const Servable& servable, std::size_t rows,
                                                  std::size_t batch_size) const {
  State& state = *state_;
  const Instant now = state.clock.Monotonic();
  const base::MutexLock lock(state.mu);
  base::Duration work{0};
  for (const auto& [id, queue] : state.queues) work += queue.cost.OfSlices(queue.rows, batch_size);
  for (const ActiveRun& run : state.active) {
    work += std::max(run.expected_end - now, base::Duration{0});
  }
  const auto threads = static_cast<long>(std::max<std::size_t>(state.options.threads, 1));
  const auto found = state.queues.find(servable.id);
  if (found == state.queues.end()) {
    return work / threads + CostEstimate(servable.cost).OfSlices(rows, batch_size);
  }
  const Queue& queue = found->second;
  if (queue.rows > 0 && queue.rows + rows > state.options.max_queued_rows) {
    return Error{Code::kExhausted, "predict " + servable.name.value() + ": " +
                                       std::to_string(queue.rows) + " rows are queued (limit " +
                                       std::to_string(state.options.max_queued_rows) + ")"};
  }
  return work / threads + queue.cost.OfSlices(rows, batch_size);
}

void BatchExecutor::Submit(std::unique_ptr<BatchJob> job) {
  State& state = *state_;
  const base::MutexLock lock(state.mu);
  const Servable& servable = *job->data->servable;
  const auto [found, added] = state.queues.try_emplace(servable.id, job->data->servable);
  Queue& queue = found->second;
  if (added) {
    std::erase_if(state.queues, [](const auto& entry) { return entry.second.servable.expired(); });
  }
  queue.rows += RowsOf(*job);
  if (queue.jobs.empty()) state.ready.push_back(servable.id);
  queue.jobs.push_back(std::move(job));
  state.work.notify_one();
}

std::map<std::string, std::size_t> BatchExecutor::queued_rows_by_model() const {
  const base::MutexLock lock(state_->mu);
  std::map<std::string, std::size_t> rows;
  for (const auto& [id, queue] : state_->queues) {
    const ServableHandle servable = queue.servable.lock();
    if (servable != nullptr && queue.rows > 0) rows[servable->name.value()] += queue.rows;
  }
  return rows;
}

std::size_t BatchExecutor::queued_rows() const {
  const base::MutexLock lock(state_->mu);
  std::size_t rows = 0;
  for (const auto& [id, queue] : state_->queues) rows += queue.rows;
  return rows;
}

}  // namespace moorage::serving
