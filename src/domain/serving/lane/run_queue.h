#pragma once

// The requests that wait for a thread of the executor, and what their runs will probably cost. It
// is a start-time fair queue by predicted cost: first among models, then among the clients of a
// model. A turn moves the virtual time of its model and of its clients on by what it costs, and the
// one that is least far has the next turn. Some threads take only what is short, because a run
// cannot be interrupted for another. Any thread.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/serving/lane/lane_observer.h"
#include "domain/serving/lane/queued_request.h"
#include "domain/serving/servable/cost_estimate.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "foundation/base/result.h"

namespace moorage::lane {

// A request that was not queued, and why.
struct RefusedRequest {
  std::unique_ptr<QueuedRequest> request;
  base::Error error;
  Rejection reason = Rejection::kQueueFull;
};

// What a thread takes from the queue.
enum class Reach : std::uint8_t { kEvery, kShort };

// A request that is predicted to hold a thread no longer than this is short.
inline constexpr base::Duration kShortRun = std::chrono::milliseconds(10);
// The same where the cost depends on the input, by the worst run that was seen.
inline constexpr base::Duration kShortGuess = std::chrono::milliseconds(1);

class RunQueue {
 public:
  // What works on the queue, for predictions of a wait.
  struct Workers {
    std::size_t threads = 1;        // that take every request
    std::size_t short_threads = 0;  // that take short ones only
    base::Duration running{0};      // until what runs now is over, one after the other
    base::Instant now{};
  };

  explicit RunQueue(std::size_t max_rows_per_model) : max_rows_(max_rows_per_model) {}

  // Queues the requests, and returns those that it refuses:
  //   - kExhausted where the queue of the model, or the client's share of it, is full
  //   - kExhausted where the answer would come after the deadline
  //   - kUnavailable after Close()
  std::vector<RefusedRequest> Put(Requests requests, const Workers& workers) EXCLUDES(mu_);

  // Waits for the next turn. Returns as many requests of one model as may share a run, up to the
  // batch size of the first, and at least one. A turn of kShort is short as a whole. Returns none
  // when it is stopped and nothing is left within reach.
  Requests Take(Reach reach = Reach::kEvery) EXCLUDES(mu_);
  // Takes this request out. Returns null if it does not wait.
  std::unique_ptr<QueuedRequest> Remove(const QueuedRequest& request) EXCLUDES(mu_);
  // Take() goes on until nothing is left, then waits no more.
  void Stop() EXCLUDES(mu_);
  // Takes everything out, and takes nothing in any more.
  Requests Close() EXCLUDES(mu_);

  // How long from now until `rows` more rows of this client would be answered. The errors of Put().
  base::Result<base::Duration> PredictWait(const servable::Servable& servable, std::uint64_t client,
                                           std::size_t rows, std::size_t batch_size,
                                           const Workers& workers) const EXCLUDES(mu_);

  // The probable cost of a run of requests that were taken.
  base::Duration CostOf(const servable::Servable& servable, std::size_t rows,
                        std::size_t batch_size) const EXCLUDES(mu_);
  // What it was, for later predictions.
  void Record(const servable::Servable& servable, std::size_t rows, base::Duration ran)
      EXCLUDES(mu_);
  // Replaces the predicted cost of a turn by the true one, so that no model and no client gains by
  // a wrong prediction.
  void Settle(std::span<const std::unique_ptr<QueuedRequest>> turn, base::Duration took)
      EXCLUDES(mu_);

  std::size_t requests() const EXCLUDES(mu_);
  std::size_t rows() const EXCLUDES(mu_);
  // Of each model that has any.
  std::map<std::string, std::size_t> requests_by_model() const EXCLUDES(mu_);

 private:
  // What waits of one client for one version.
  struct Flow {
    std::deque<std::unique_ptr<QueuedRequest>> waiting;
    std::size_t rows = 0;
    base::Duration virtual_time{0};
    std::uint64_t since = 0;  // order among equals
  };
  // What waits for one version.
  struct Queue {
    explicit Queue(const servable::ServableHandle& version)
        : servable(version),
          name(version == nullptr ? "" : version->name.value()),
          batchable(version != nullptr && version->batchable),
          cost(version == nullptr ? servable::RunCost{} : version->cost) {}

    Flow* Next(Reach reach);
    // The probable cost of all that waits.
    base::Duration Pending(std::size_t batch_size) const;
    void Count(const QueuedRequest& request);
    void Uncount(const QueuedRequest& request);

    std::weak_ptr<const servable::Servable> servable;  // leased while anything of it waits or runs
    const std::string name;
    const bool batchable;
    servable::CostEstimate cost;
    std::map<std::uint64_t, Flow> flows;  // by client
    std::size_t requests = 0;
    std::size_t shorts = 0;  // requests that are short
    std::size_t rows = 0;
    std::size_t units = 0;         // rows by their weight
    base::Duration row_costs{0};   // of each request by itself
    base::Duration work_costs{0};  // of other work
    base::Duration virtual_time{0};
    base::Duration served{0};  // virtual time of the flow that had the last turn
    std::uint64_t since = 0;
  };
  struct Asked {
    std::uint64_t client = 0;
    std::size_t rows = 0;
    std::size_t batch_size = 1;
    base::Duration own{0};
    bool work = false;
    bool is_short = false;
  };

  Queue& QueueOf(const servable::ServableHandle& servable) REQUIRES(mu_);
  Queue* Find(const servable::Servable* servable) REQUIRES(mu_);
  const Queue* Find(const servable::Servable* servable) const REQUIRES(mu_);
  Queue* NextQueue(Reach reach) REQUIRES(mu_);
  // A request was put in, or taken out.
  void Count(Queue& queue, const QueuedRequest& request) REQUIRES(mu_);
  void Uncount(Queue& queue, const QueuedRequest& request) REQUIRES(mu_);
  // Wakes a thread for what waits.
  void WakeOne() REQUIRES(mu_);
  std::optional<base::Error> FullFor(const Queue& queue, const Asked& asked) const REQUIRES(mu_);
  base::Duration Wait(const Queue* queue, const Asked& asked, const Workers& workers) const
      REQUIRES(mu_);
  void Enqueue(Queue& queue, std::unique_ptr<QueuedRequest> request) REQUIRES(mu_);

  const std::size_t max_rows_;

  mutable base::Mutex mu_;
  std::condition_variable filled_;                         // for threads that take every request
  std::condition_variable short_filled_;                   // for those that take short ones
  std::map<std::uint32_t, Queue> queues_ GUARDED_BY(mu_);  // by Servable::id
  std::size_t waiting_ GUARDED_BY(mu_) = 0;
  std::size_t idle_ GUARDED_BY(mu_) = 0;  // threads that take every request and wait
  std::size_t shorts_ GUARDED_BY(mu_) = 0;
  base::Duration short_costs_ GUARDED_BY(mu_){0};
  base::Duration served_ GUARDED_BY(mu_){0};  // virtual time of the model that had the last turn
  std::uint64_t next_order_ GUARDED_BY(mu_) = 1;
  bool stopping_ GUARDED_BY(mu_) = false;
  bool closed_ GUARDED_BY(mu_) = false;
};

}  // namespace moorage::lane
