#include "domain/serving/lane/batch_executor.h"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch_runner.h"
#include "domain/serving/lane/run_queue.h"

namespace moorage::lane {
namespace {

void NameThread(std::thread& thread, const std::string& name) {
  // The kernel refuses a longer name instead of cutting it.
  constexpr std::size_t kLongest = 15;
  pthread_setname_np(thread.native_handle(), name.substr(0, kLongest).c_str());
}

// Lets the other threads of the process have the processor first. Linux keeps a nice value for each
// thread, and 0 names the calling one.
void BeNice(int niceness) {
  if (niceness == 0) return;
  const int own = getpriority(PRIO_PROCESS, 0);
  // A refusal costs only the order.
  static_cast<void>(setpriority(PRIO_PROCESS, 0, own + niceness));
}

}  // namespace

struct BatchExecutor::State {
  State(const Options& options, const base::Clock& clock_in)
      : clock(clock_in),
        threads(std::max<std::size_t>(options.threads, 1)),
        short_threads(options.short_threads),
        queue(options.max_queued_rows),
        watch(clock_in),
        runner(queue, watch, clock_in) {}

  void Work(Reach reach) {
    while (true) {
      Requests turn = queue.Take(reach);
      if (turn.empty()) return;
      runner.Run(turn);
      Return(std::move(turn));
    }
  }

  RunQueue::Workers Workers() const {
    const base::Instant now = clock.Monotonic();
    return {.threads = threads,
            .short_threads = short_threads,
            .running = watch.Remaining(now),
            .now = now};
  }

  const base::Clock& clock;
  const std::size_t threads;
  const std::size_t short_threads;
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
    state->workers.emplace_back([state, niceness = options.niceness] {
      BeNice(niceness);
      state->Work(Reach::kEvery);
    });
    NameThread(state->workers.back(), "moorage-run-" + std::to_string(i));
  }
  for (std::size_t i = 0; i < state->short_threads; ++i) {
    state->workers.emplace_back([state] { state->Work(Reach::kShort); });
    NameThread(state->workers.back(), "moorage-fast-" + std::to_string(i));
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
    : run_(executor.state_->watch,
           {.control = &control, .give_up = give_up, .span = RunWatch::Span::kShort}) {}

void BatchExecutor::GiveUp() {
  Requests queued = state_->queue.Close();
  state_->watch.GiveUp();
  for (const auto& request : queued) {
    request->result = base::Error{base::Code::kUnavailable, "predict: the server is shutting down"};
  }
  Return(std::move(queued));
}

bool BatchExecutor::giving_up() const { return state_->watch.giving_up(); }

base::Result<base::Duration> BatchExecutor::PredictWait(const servable::Servable& servable,
                                                        std::uint64_t client, std::size_t rows,
                                                        std::size_t batch_size) const {
  return state_->queue.PredictWait(servable, client, rows, batch_size, state_->Workers());
}

std::vector<RefusedRequest> BatchExecutor::Submit(Requests requests) {
  return state_->queue.Put(std::move(requests), state_->Workers());
}

BatchExecutor::Place BatchExecutor::Abandon(QueuedRequest& request, base::CancelReason reason) {
  // Before the queue is searched. A worker that takes the request now sees it, or its run is in the
  // list of the watch.
  request.Abandon(reason);
  if (std::unique_ptr<QueuedRequest> queued = state_->queue.Remove(request)) {
    queued->result = base::Error{base::Code::kCancelled, "predict: not wanted any more"};
    Requests back;
    back.push_back(std::move(queued));
    Return(std::move(back));
    return Place::kQueued;
  }
  state_->watch.StopUnwanted();
  return Place::kRunning;
}

std::map<std::string, std::size_t> BatchExecutor::queued_requests_by_model() const {
  return state_->queue.requests_by_model();
}

std::size_t BatchExecutor::queued_requests() const { return state_->queue.requests(); }

std::size_t BatchExecutor::queued_rows() const { return state_->queue.rows(); }

}  // namespace moorage::lane
