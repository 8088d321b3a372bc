#pragma once

// Threads for batches that are too expensive for a reactor. Any thread.
//   - A worker takes what is queued for one model, from any reactor, up to its largest batch.
//   - A batch past its deadline is answered kDeadline without a run.
//   - A run whose requests are all past their deadlines is terminated.
// A RunQueue holds what waits, a BatchRunner runs it, and a RunWatch ends it.

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "domain/serving/lane/run_watch.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

struct BatchJob;  // a lane's batch, private to the room

class BatchExecutor {
 public:
  struct Options {
    std::size_t threads = 1;
    std::size_t max_queued_rows = 4096;  // per model, Admit() refuses more
  };

  BatchExecutor(const Options& options, const base::Clock& clock);
  ~BatchExecutor();  // finishes what is queued
  BatchExecutor(const BatchExecutor&) = delete;
  BatchExecutor& operator=(const BatchExecutor&) = delete;

  // How long from now until `rows` more rows of `servable` would be answered. The estimate is what
  // is queued and running, shared by the threads, and their own run. kExhausted if the model's
  // queue is full. A request larger than the bound is taken when nothing else is queued.
  base::Result<base::Duration> Admit(const servable::Servable& servable, std::size_t rows,
                                     std::size_t batch_size) const;
  // Queues a batch. It comes back through its completion queue, with a result for every piece.
  void Submit(std::unique_ptr<BatchJob> job);

  // While one exists, the executor's watchdog stops the run of `control` when `give_up` has passed.
  // It is for runs on a reactor's own thread. Both must outlive it.
  class Guard {
   public:
    Guard(BatchExecutor& executor, runtime::RunControl& control, base::Instant give_up);

   private:
    RunWatch::Run run_;
  };

  // Stops every run under way and answers what is queued with kUnavailable, because the process
  // ends.
  void GiveUp();

  // Rows that wait for a thread, over all models.
  std::size_t queued_rows() const;
  // The same for each model that has any.
  std::map<std::string, std::size_t> queued_rows_by_model() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::lane
