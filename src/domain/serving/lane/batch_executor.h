#pragma once

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

// Threads that run batches which are too dear for a reactor. A worker takes everything that is
// queued for one model, from any reactor, up to its largest batch; batches past their deadline are
// answered kDeadline without a run, and a run whose requests are all past it is terminated. What
// waits is in a RunQueue, how it is run a BatchRunner's, and its end a RunWatch's.
class BatchExecutor {
 public:
  struct Options {
    std::size_t threads = 1;
    std::size_t max_queued_rows = 4096;  // per model; beyond it Admit() answers kExhausted
  };

  BatchExecutor(const Options& options, const base::Clock& clock);
  ~BatchExecutor();  // finishes what is queued
  BatchExecutor(const BatchExecutor&) = delete;
  BatchExecutor& operator=(const BatchExecutor&) = delete;

  // How long from now until `rows` more rows of `servable` would be answered: what is queued and
  // running, shared by the threads, and their own run. kExhausted if the model's queue is full (a
  // request larger than the bound is taken when nothing else is queued).
  base::Result<base::Duration> Admit(const servable::Servable& servable, std::size_t rows,
                                     std::size_t batch_size) const;
  // Queues a batch; it comes back through its reply box, with a result for every piece.
  void Submit(std::unique_ptr<BatchJob> job);

  // While one lives the executor's watchdog stops the run of `control` when `give_up` has passed.
  // For runs on a reactor's own thread; both must outlive it.
  class Guard {
   public:
    Guard(BatchExecutor& executor, runtime::RunControl& control, base::Instant give_up);

   private:
    RunWatch::Run run_;
  };

  // The process is ending: stops every run under way and answers what is queued with kUnavailable.
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
