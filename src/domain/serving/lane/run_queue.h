#pragma once

// Batches that wait for a thread of the executor, by model, and what their runs will probably cost.
// Models take turns, and jobs of one model keep their order. Any thread.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "domain/serving/lane/completion_queue.h"
#include "domain/serving/servable/cost_estimate.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "foundation/base/result.h"

namespace moorage::lane {

using Jobs = std::vector<std::unique_ptr<BatchJob>>;

class RunQueue {
 public:
  explicit RunQueue(std::size_t max_rows_per_model) : max_rows_(max_rows_per_model) {}

  void Put(std::unique_ptr<BatchJob> job) EXCLUDES(mu_);

  // Waits for the next model's jobs. Returns as many from the front as may share a run, up to the
  // batch size of the first, and at least one. Returns none when it is stopped and nothing is left.
  Jobs Take() EXCLUDES(mu_);
  // Take() goes on until nothing is left, then waits no more.
  void Stop() EXCLUDES(mu_);

  // The cost of what is before `rows` more rows of `servable`, and of their own run.
  struct Cost {
    base::Duration queued{0};  // of every model
    base::Duration own{0};
  };
  // kExhausted if the model's queue is full. A request larger than the bound is taken when nothing
  // else of the model is queued.
  base::Result<Cost> Admit(const servable::Servable& servable, std::size_t rows,
                           std::size_t batch_size) const EXCLUDES(mu_);

  // The probable cost of a run of jobs that were taken, and what it was.
  base::Duration CostOf(const servable::Servable& servable, std::size_t rows,
                        std::size_t batch_size) const EXCLUDES(mu_);
  void Record(const servable::Servable& servable, std::size_t rows, base::Duration ran)
      EXCLUDES(mu_);

  std::size_t rows() const EXCLUDES(mu_);
  // Of each model that has any.
  std::map<std::string, std::size_t> rows_by_model() const EXCLUDES(mu_);

 private:
  // What is waiting for one version.
  struct Queue {
    explicit Queue(const servable::ServableHandle& version)
        : servable(version), cost(version->cost) {}

    std::weak_ptr<const servable::Servable> servable;  // leased while anything of it waits or runs
    servable::CostEstimate cost;
    std::deque<std::unique_ptr<BatchJob>> jobs;
    std::size_t rows = 0;
  };

  const std::size_t max_rows_;

  mutable base::Mutex mu_;
  std::condition_variable filled_;
  std::map<std::uint32_t, Queue> queues_ GUARDED_BY(mu_);  // by Servable::id
  std::deque<std::uint32_t> ready_ GUARDED_BY(mu_);        // ids of queues with jobs, in turn
  bool stopping_ GUARDED_BY(mu_) = false;
};

}  // namespace moorage::lane
