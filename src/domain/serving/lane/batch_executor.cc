#include "domain/serving/lane/batch_executor.h"

#include <pthread.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch_runner.h"
#include "domain/serving/lane/completion_queue.h"
#include "domain/serving/lane/run_queue.h"

namespace moorage::lane {
namespace {

void NameThread(std::thread& thread, const std::string& name) {
  // The kernel refuses a longer name instead of cutting it.
  constexpr std::size_t kLongest = 15;
  pthread_setname_np(thread.native_handle(), name.substr(0, kLongest).c_str());
}

void Return(Jobs jobs) {
  for (std::unique_ptr<BatchJob>& job : jobs) {
    // The job gives up its pointer to the queue first. A queue that holds a job that holds the
    // queue would never be freed.
    const std::shared_ptr<CompletionQueue> reply = std::exchange(job->reply, nullptr);
    reply->Put(std::move(job));
  }
}

}  // namespace

struct BatchExecutor::State {
  State(const Options& options, const base::Clock& clock_in)
      : clock(clock_in),
        threads(std::max<std::size_t>(options.threads, 1)),
        queue(options.max_queued_rows),
        watch(clock_in),
        runner(queue, watch, clock_in) {}

  void Work() {
    while (true) {
      Jobs jobs = queue.Take();
      if (jobs.empty()) return;
      runner.Run(jobs);
      Return(std::move(jobs));
    }
  }

  const base::Clock& clock;
  const std::size_t threads;
  RunQueue queue;
  RunWatch watch;
  const BatchRunner runner;
  std::vector<std::thread> workers;
  std::thread watchdog;
};

BatchExecutor::BatchExecutor(const Options& options, const base::Clock& clock)
    : state_(std::make_unique<State>(options, clock)) {
  State* state = state_.get();
  for (std::size_t i = 0; i < state->threads; ++i) {
    state->workers.emplace_back([state] { state->Work(); });
    NameThread(state->workers.back(), "moorage-run-" + std::to_string(i));
  }
  state->watchdog = std::thread([state] { state->watch.Watch(); });
  NameThread(state->watchdog, "moorage-watch");
}

BatchExecutor::~BatchExecutor() {
  // The watchdog stops last, because it ends the late runs that the workers are still joined on.
  state_->queue.Stop();
  for (std::thread& worker : state_->workers) worker.join();
  state_->watch.Stop();
  state_->watchdog.join();
}

BatchExecutor::Guard::Guard(BatchExecutor& executor, runtime::RunControl& control,
                            base::Instant give_up)
    // Without an expected end, so that runs on reactors do not count as work of the executor in
    // Admit().
    : run_(executor.state_->watch, {.control = &control, .give_up = give_up}) {}

void BatchExecutor::GiveUp() { state_->watch.GiveUp(); }

base::Result<base::Duration> BatchExecutor::Admit(const servable::Servable& servable,
                                                  std::size_t rows, std::size_t batch_size) const {
  ASSIGN_OR_RETURN(const RunQueue::Cost cost, state_->queue.Admit(servable, rows, batch_size));
  // Assumes that the work before it divides evenly among the threads. Its own run does not, because
  // one thread makes it.
  const base::Duration running = state_->watch.Remaining(state_->clock.Monotonic());
  return (cost.queued + running) / static_cast<long>(state_->threads) + cost.own;
}

void BatchExecutor::Submit(std::unique_ptr<BatchJob> job) { state_->queue.Put(std::move(job)); }

std::map<std::string, std::size_t> BatchExecutor::queued_rows_by_model() const {
  return state_->queue.rows_by_model();
}

std::size_t BatchExecutor::queued_rows() const { return state_->queue.rows(); }

}  // namespace moorage::lane
