#include "domain/serving/lane/run_queue.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "foundation/base/units.h"

namespace moorage::lane {
namespace {

using base::Code;
using base::Duration;
using base::Error;

// The queue of work that belongs to no model.
constexpr std::uint32_t kNoModel = std::numeric_limits<std::uint32_t>::max();

std::uint32_t KeyOf(const servable::Servable* servable) {
  return servable == nullptr ? kNoModel : servable->id;
}

Error LateError(const std::string& name, Duration wait) {
  const auto rounded = std::chrono::duration_cast<std::chrono::milliseconds>(wait);
  return {Code::kExhausted, "predict " + name + ": the predicted wait of " +
                                base::FormatDuration(rounded) + " exceeds the request's deadline"};
}

// True if `a` has its turn before `b`.
template <typename Turn>
bool Before(const Turn& a, const Turn& b) {
  if (a.virtual_time != b.virtual_time) return a.virtual_time < b.virtual_time;
  return a.since < b.since;
}

// True if the request will probably hold its thread for a short time only. `factor` is how many
// times its line the model costs now.
bool IsShort(const servable::Servable* servable, bool is_work, Duration cost, double factor,
             base::Instant now) {
  if (cost > kShortRun) return false;
  if (servable == nullptr || servable->probe.data_dependent.empty()) return true;
  // Work makes runs of inputs that are not known yet.
  if (is_work) return false;
  const double worst = std::max(servable->board->Worst(now) / factor, 1.0);
  return static_cast<double>(cost.count()) * worst <= static_cast<double>(kShortGuess.count());
}

}  // namespace

RunQueue::Flow* RunQueue::Queue::Next(Reach reach) {
  // Linear in the clients of one model, which the bound of requests in flight bounds.
  Flow* next = nullptr;
  for (auto& [client, flow] : flows) {
    if (flow.waiting.empty()) continue;
    if (reach == Reach::kShort && !flow.waiting.front()->is_short) continue;
    if (next == nullptr || Before(flow, *next)) next = &flow;
  }
  return next;
}

Duration RunQueue::Queue::Pending(std::size_t batch_size) const {
  // Rows that may share runs cost less together than one by one.
  const Duration together = batchable ? cost.OfSlices(units, batch_size) : row_costs;
  return std::min(together, row_costs) + work_costs;
}

void RunQueue::Queue::Count(const QueuedRequest& request) {
  ++requests;
  shorts += request.is_short ? 1 : 0;
  rows += request.is_work() ? 0 : request.piece.rows;
  units += request.is_work() ? 0 : UnitsOf(request.piece.rows, request.piece.weight);
  (request.is_work() ? work_costs : row_costs) += request.cost;
}

void RunQueue::Queue::Uncount(const QueuedRequest& request) {
  --requests;
  shorts -= request.is_short ? 1 : 0;
  rows -= request.is_work() ? 0 : request.piece.rows;
  units -= request.is_work() ? 0 : UnitsOf(request.piece.rows, request.piece.weight);
  (request.is_work() ? work_costs : row_costs) -= request.cost;
}

RunQueue::Queue& RunQueue::QueueOf(const servable::ServableHandle& servable) {
  const auto [found, added] = queues_.try_emplace(KeyOf(servable.get()), servable);
  if (added) {
    // A new version is the time to drop the queues of versions that are unloaded.
    std::erase_if(queues_, [](const auto& entry) {
      return entry.first != kNoModel && entry.second.servable.expired();
    });
  }
  return found->second;
}

RunQueue::Queue* RunQueue::Find(const servable::Servable* servable) {
  const auto found = queues_.find(KeyOf(servable));
  return found == queues_.end() ? nullptr : &found->second;
}

const RunQueue::Queue* RunQueue::Find(const servable::Servable* servable) const {
  const auto found = queues_.find(KeyOf(servable));
  return found == queues_.end() ? nullptr : &found->second;
}

RunQueue::Queue* RunQueue::NextQueue(Reach reach) {
  Queue* next = nullptr;
  for (auto& [id, queue] : queues_) {
    if (queue.requests == 0 || (next != nullptr && !Before(queue, *next))) continue;
    // A short request behind a long one of its client waits for that one's turn.
    if (reach == Reach::kShort && (queue.shorts == 0 || queue.Next(reach) == nullptr)) continue;
    next = &queue;
  }
  return next;
}

void RunQueue::Count(Queue& queue, const QueuedRequest& request) {
  queue.Count(request);
  ++waiting_;
  if (!request.is_short) return;
  ++shorts_;
  short_costs_ += request.cost;
}

void RunQueue::Uncount(Queue& queue, const QueuedRequest& request) {
  queue.Uncount(request);
  --waiting_;
  if (!request.is_short) return;
  --shorts_;
  short_costs_ -= request.cost;
}

void RunQueue::WakeOne() {
  if (waiting_ == 0) return;
  filled_.notify_one();
  // A thread for short requests is the second choice, because it divides batches.
  if (shorts_ > 0 && idle_ == 0) short_filled_.notify_one();
}

std::vector<RefusedRequest> RunQueue::Put(Requests requests, const Workers& workers) {
  std::vector<RefusedRequest> refused;
  const base::MutexLock lock(mu_);
  for (std::unique_ptr<QueuedRequest>& request : requests) {
    if (closed_) {
      refused.push_back({std::move(request),
                         {Code::kUnavailable, "predict: the server is shutting down"},
                         Rejection::kQueueFull});
      continue;
    }
    Queue& queue = QueueOf(request->servable);
    const Piece& piece = request->piece;
    // The caller has predicted the cost of work.
    if (!request->is_work())
      request->cost = queue.cost.OfSlices(UnitsOf(piece.rows, piece.weight), request->batch_size);
    request->is_short = IsShort(request->servable.get(), request->is_work(), request->cost,
                                queue.cost.factor(), workers.now);
    const Asked asked{.client = piece.client,
                      .rows = request->is_work() ? 0 : piece.rows,
                      .batch_size = request->batch_size,
                      .own = request->cost,
                      .work = request->is_work(),
                      .is_short = request->is_short};
    if (auto full = FullFor(queue, asked)) {
      refused.push_back({std::move(request), *std::move(full), Rejection::kQueueFull});
      continue;
    }
    // A request without a deadline is never late, and max() leaves no room for a sum.
    const Duration wait = Wait(&queue, asked, workers);
    if (!request->is_rest && piece.deadline != base::Instant::max() &&
        piece.deadline - workers.now < wait) {
      refused.push_back(
          {std::move(request), LateError(queue.name, wait), Rejection::kPredictedWait});
      continue;
    }
    Enqueue(queue, std::move(request));
  }
  WakeOne();
  return refused;
}

void RunQueue::Enqueue(Queue& queue, std::unique_ptr<QueuedRequest> request) {
  // Who was idle begins where the others are. Its silence is no credit.
  if (queue.requests == 0) {
    queue.virtual_time = std::max(queue.virtual_time, served_);
    queue.since = next_order_++;
  }
  const auto [found, added] = queue.flows.try_emplace(request->piece.client);
  if (added) {
    // A client that has no turn ahead of the others may be forgotten.
    std::erase_if(queue.flows, [&](const auto& entry) {
      return entry.first != request->piece.client && entry.second.waiting.empty() &&
             entry.second.virtual_time <= queue.served;
    });
  }
  Flow& flow = found->second;
  if (flow.waiting.empty()) {
    flow.virtual_time = std::max(flow.virtual_time, queue.served);
    flow.since = next_order_++;
  }
  flow.rows += request->is_work() ? 0 : request->piece.rows;
  Count(queue, *request);
  flow.waiting.push_back(std::move(request));
}

Requests RunQueue::Take(Reach reach) {
  base::MutexLock lock(mu_);
  Queue* found = NextQueue(reach);
  while (found == nullptr) {
    if (stopping_) return {};
    if (reach == Reach::kShort) {
      short_filled_.wait(lock.native());
    } else {
      ++idle_;
      filled_.wait(lock.native());
      --idle_;
    }
    found = NextQueue(reach);
  }
  Queue& queue = *found;
  served_ = std::max(served_, queue.virtual_time);
  Requests turn;
  std::size_t rows = 0;
  Duration costs{0};
  while (Flow* const flow = queue.Next(reach)) {
    QueuedRequest& next = *flow->waiting.front();
    const std::size_t more = next.is_work() ? 0 : next.piece.rows;
    // The first request is taken whatever its size, else it would never run.
    if (!turn.empty() &&
        (!MayShareARun(*turn.front(), next) || rows + more > turn.front()->batch_size)) {
      break;
    }
    costs += next.cost;
    if (!turn.empty() && reach == Reach::kShort && costs > kShortRun) break;
    Uncount(queue, next);
    // Rows that share a run pay for their rows. A run by itself is paid as a whole.
    next.charged = queue.batchable && !next.is_work()
                       ? queue.cost.OfSlices(next.batch_size, next.batch_size) /
                             static_cast<long>(std::max<std::size_t>(next.batch_size, 1)) *
                             static_cast<long>(UnitsOf(more, next.piece.weight))
                       : next.cost;
    queue.served = std::max(queue.served, flow->virtual_time);
    flow->virtual_time += next.charged;
    flow->since = next_order_++;
    flow->rows -= more;
    queue.virtual_time += next.charged;
    rows += more;
    turn.push_back(std::move(flow->waiting.front()));
    flow->waiting.pop_front();
  }
  queue.since = next_order_++;
  WakeOne();
  return turn;
}

std::unique_ptr<QueuedRequest> RunQueue::Remove(const QueuedRequest& request) {
  const base::MutexLock lock(mu_);
  Queue* const queue = Find(request.servable.get());
  if (queue == nullptr) return nullptr;
  const auto flow = queue->flows.find(request.piece.client);
  if (flow == queue->flows.end()) return nullptr;
  auto& waiting = flow->second.waiting;
  const auto found = std::ranges::find(waiting, &request, &std::unique_ptr<QueuedRequest>::get);
  if (found == waiting.end()) return nullptr;
  std::unique_ptr<QueuedRequest> removed = std::move(*found);
  waiting.erase(found);
  Uncount(*queue, *removed);
  flow->second.rows -= removed->is_work() ? 0 : removed->piece.rows;
  return removed;
}

void RunQueue::Stop() {
  const base::MutexLock lock(mu_);
  stopping_ = true;
  filled_.notify_all();
  short_filled_.notify_all();
}

Requests RunQueue::Close() {
  Requests left;
  const base::MutexLock lock(mu_);
  closed_ = true;
  for (auto& [id, queue] : queues_) {
    for (auto& [client, flow] : queue.flows) {
      for (auto& request : flow.waiting) {
        Uncount(queue, *request);
        left.push_back(std::move(request));
      }
      flow.waiting.clear();
      flow.rows = 0;
    }
  }
  return left;
}

// The bound is of the rows of a model. While it is reached, a client may still have its share of
// it, so that no client keeps another out. The whole is at most twice the bound.
std::optional<Error> RunQueue::FullFor(const Queue& queue, const Asked& asked) const {
  if (asked.work || queue.rows == 0 || queue.rows + asked.rows <= max_rows_) return std::nullopt;
  const auto own = queue.flows.find(asked.client);
  const std::size_t own_rows = own == queue.flows.end() ? 0 : own->second.rows;
  std::size_t clients = own_rows == 0 ? 1 : 0;
  for (const auto& [client, flow] : queue.flows) clients += flow.rows > 0 ? 1 : 0;
  const std::size_t share = max_rows_ / clients;
  // A client that has the queue to itself has no other to make room for.
  if (clients > 1 && own_rows + asked.rows <= share && queue.rows + asked.rows <= 2 * max_rows_) {
    return std::nullopt;
  }
  return Error{Code::kExhausted, "predict " + queue.name + ": " + std::to_string(queue.rows) +
                                     " rows are queued (limit " + std::to_string(max_rows_) + ")"};
}

// What is before the request in a fair queue. Of its own client that is everything. Of every other
// client and model it is at most as much, because turns follow cost.
Duration RunQueue::Wait(const Queue* queue, const Asked& asked, const Workers& workers) const {
  Duration before{0};
  if (queue != nullptr) {
    const auto own = queue->flows.find(asked.client);
    const std::size_t own_rows = own == queue->flows.end() ? 0 : own->second.rows;
    std::size_t rows = own_rows;
    for (const auto& [client, flow] : queue->flows) {
      if (client != asked.client) rows += std::min(flow.rows, own_rows + asked.rows);
    }
    if (queue->batchable) {
      // Rows of the last run before it may share its own run.
      before = queue->cost.OfSlices(rows + asked.rows, asked.batch_size) -
               queue->cost.OfSlices(asked.rows, asked.batch_size);
      before = std::clamp(before, Duration{0}, queue->row_costs);
    } else if (queue->rows > 0) {
      before = queue->row_costs * static_cast<long>(rows) / static_cast<long>(queue->rows);
    }
    before += queue->work_costs;
  }
  const Duration mine = before + asked.own;
  for (const auto& [id, other] : queues_) {
    if (&other != queue) before += std::min(other.Pending(asked.batch_size), mine);
  }
  // Assumes that the work before it divides evenly among the threads. Its own run does not, because
  // one thread makes it.
  const Duration wait = (before + workers.running) / static_cast<long>(workers.threads) + asked.own;
  if (!asked.is_short || workers.short_threads == 0) return wait;
  // Only short requests are before it on the threads for them.
  return std::min(wait, short_costs_ / static_cast<long>(workers.short_threads) + asked.own);
}

base::Result<Duration> RunQueue::PredictWait(const servable::Servable& servable,
                                             std::uint64_t client, std::size_t rows,
                                             std::size_t batch_size, const Workers& workers) const {
  const base::MutexLock lock(mu_);
  const Queue* const queue = Find(&servable);
  // No request of this version has come yet. The cost measured at load is all that is known.
  const Duration own = queue == nullptr
                           ? servable::CostEstimate(servable.cost).OfSlices(rows, batch_size)
                           : queue->cost.OfSlices(rows, batch_size);
  const Asked asked{.client = client,
                    .rows = rows,
                    .batch_size = batch_size,
                    .own = own,
                    .is_short = IsShort(&servable, false, own,
                                        queue == nullptr ? 1 : queue->cost.factor(), workers.now)};
  if (queue != nullptr) {
    if (auto full = FullFor(*queue, asked)) return *std::move(full);
  }
  return Wait(queue, asked, workers);
}

Duration RunQueue::CostOf(const servable::Servable& servable, std::size_t rows,
                          std::size_t batch_size) const {
  const base::MutexLock lock(mu_);
  const Queue* const queue = Find(&servable);
  return queue == nullptr ? Duration{0} : queue->cost.OfSlices(rows, batch_size);
}

void RunQueue::Record(const servable::Servable& servable, std::size_t rows, Duration ran) {
  const base::MutexLock lock(mu_);
  if (Queue* const queue = Find(&servable)) queue->cost.Record(rows, ran);
}

void RunQueue::Settle(std::span<const std::unique_ptr<QueuedRequest>> turn, Duration took) {
  if (turn.empty()) return;
  const base::MutexLock lock(mu_);
  Queue* const queue = Find(turn.front()->servable.get());
  if (queue == nullptr) return;
  Duration charged{0};
  for (const auto& request : turn) charged += request->charged;
  queue->virtual_time += took - charged;
  // Divided as the prediction was.
  const double factor =
      charged.count() > 0 ? static_cast<double>(took.count()) / static_cast<double>(charged.count())
                          : 0;
  for (const auto& request : turn) {
    const auto flow = queue->flows.find(request->piece.client);
    if (flow == queue->flows.end()) continue;
    const auto is = Duration(
        static_cast<Duration::rep>(static_cast<double>(request->charged.count()) * factor));
    flow->second.virtual_time += is - request->charged;
  }
}

std::size_t RunQueue::requests() const {
  const base::MutexLock lock(mu_);
  return waiting_;
}

std::size_t RunQueue::rows() const {
  const base::MutexLock lock(mu_);
  std::size_t rows = 0;
  for (const auto& [id, queue] : queues_) rows += queue.rows;
  return rows;
}

std::map<std::string, std::size_t> RunQueue::requests_by_model() const {
  const base::MutexLock lock(mu_);
  std::map<std::string, std::size_t> requests;
  for (const auto& [id, queue] : queues_) {
    if (id != kNoModel && queue.requests > 0) requests[queue.name] += queue.requests;
  }
  return requests;
}

}  // namespace moorage::lane
