#pragma once

// Threads for batches that are too expensive for a reactor. Any thread.
//   - A worker takes what is queued for one model, from any reactor, up to its largest batch.
//   - Models, and the clients of a model, share the threads by what their runs cost.
//   - A request past its deadline is answered kDeadline without a run.
//   - A run that no client waits for any more is terminated.
// A RunQueue holds what waits, a BatchRunner runs it, and a RunWatch ends it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "domain/serving/lane/queued_request.h"
#include "domain/serving/lane/run_queue.h"
#include "domain/serving/lane/run_watch.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

class BatchExecutor {
 public:
  struct Options {
    std::size_t threads = 1;
    // Threads beside them for requests that are predicted to be short, so that those do not wait
    // for runs that are not.
    std::size_t short_threads = 0;
    // Added to the nice value of `threads`, from 0 to 19, so that the reactors and the short
    // threads have the processor first.
    int niceness = 0;
    std::size_t max_queued_rows = 4096;  // per model, Submit() refuses more
  };

  BatchExecutor(const Options& options, const base::Clock& clock);
  ~BatchExecutor();  // finishes what is queued
  BatchExecutor(const BatchExecutor&) = delete;
  BatchExecutor& operator=(const BatchExecutor&) = delete;

  // How long from now until `rows` more rows of this client would be answered, in a fair queue. The
  // estimate is what is queued before them and running, shared by the threads, and their own run.
  // kExhausted if the queue is full for this client.
  base::Result<base::Duration> PredictWait(const servable::Servable& servable, std::uint64_t client,
                                           std::size_t rows, std::size_t batch_size) const;
  // Queues requests. Each comes back through its completion queue, with a result. Returns those
  // that are refused, because the queue is full or their answer would be late.
  std::vector<RefusedRequest> Submit(Requests requests);

  // Where an abandoned request was.
  enum class Place : std::uint8_t { kQueued, kRunning };
  // No client waits for this request any more. It comes back at once if it is queued. Its run is
  // terminated unless another request wants it. Called by the lane that has submitted it, while it
  // has not come back.
  Place Abandon(QueuedRequest& request, base::CancelReason reason);

  // While one exists, the executor's watchdog stops the run of `control` when `give_up` has passed.
  // It is for runs on a reactor's own thread. Both must outlive it.
  class Guard {
   public:
    Guard(BatchExecutor& executor, runtime::RunControl& control, base::Instant give_up);

   private:
    RunWatch::Run run_;
  };

  // Stops every run under way, answers what is queued with kUnavailable and refuses what comes,
  // because the process ends. Wakes the lanes, which answer what still runs.
  void GiveUp();
  bool giving_up() const;

  // Requests and rows that wait for a thread, over all models.
  std::size_t queued_requests() const;
  std::size_t queued_rows() const;
  // The requests of each model that has any.
  std::map<std::string, std::size_t> queued_requests_by_model() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::lane
