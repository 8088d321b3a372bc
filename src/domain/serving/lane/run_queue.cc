#include "domain/serving/lane/run_queue.h"

#include <utility>

namespace moorage::lane {
namespace {

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

}  // namespace

void RunQueue::Put(std::unique_ptr<BatchJob> job) {
  const base::MutexLock lock(mu_);
  const servable::Servable& servable = *job->data->servable;
  const auto [found, added] = queues_.try_emplace(servable.id, job->data->servable);
  Queue& queue = found->second;
  if (added) {
    // A new version is the time to drop the queues of versions that are unloaded.
    std::erase_if(queues_, [](const auto& entry) { return entry.second.servable.expired(); });
  }
  queue.rows += RowsOf(*job);
  // ready_ holds a model at most once, so that a model with many jobs has no more turns than
  // another.
  if (queue.jobs.empty()) ready_.push_back(servable.id);
  queue.jobs.push_back(std::move(job));
  filled_.notify_one();
}

Jobs RunQueue::Take() {
  base::MutexLock lock(mu_);
  while (ready_.empty()) {
    if (stopping_) return {};
    filled_.wait(lock.native());
  }
  const std::uint32_t id = ready_.front();
  ready_.pop_front();
  Queue& queue = queues_.at(id);
  Jobs jobs;
  std::size_t rows = 0;
  while (!queue.jobs.empty()) {
    const BatchJob& next = *queue.jobs.front();
    const std::size_t more = RowsOf(next);
    // The first job is taken whatever its size, else it would never run.
    if (!jobs.empty() && (!Alike(*jobs.front(), next) || rows + more > jobs.front()->batch_size)) {
      break;
    }
    rows += more;
    jobs.push_back(std::move(queue.jobs.front()));
    queue.jobs.pop_front();
  }
  queue.rows -= rows;
  // The rest waits behind the other models, so that models take turns.
  if (!queue.jobs.empty()) {
    ready_.push_back(id);
    filled_.notify_one();
  }
  return jobs;
}

void RunQueue::Stop() {
  const base::MutexLock lock(mu_);
  stopping_ = true;
  filled_.notify_all();
}

base::Result<RunQueue::Cost> RunQueue::Admit(const servable::Servable& servable, std::size_t rows,
                                             std::size_t batch_size) const {
  const base::MutexLock lock(mu_);
  Cost cost;
  for (const auto& [id, queue] : queues_) {
    cost.queued += queue.cost.OfSlices(queue.rows, batch_size);
  }
  const auto found = queues_.find(servable.id);
  // No job of this version has come yet. The cost measured at load is all that is known.
  if (found == queues_.end()) {
    cost.own = servable::CostEstimate(servable.cost).OfSlices(rows, batch_size);
    return cost;
  }
  const Queue& queue = found->second;
  if (queue.rows > 0 && queue.rows + rows > max_rows_) {
    return base::Error{base::Code::kExhausted,
                       "predict " + servable.name.value() + ": " + std::to_string(queue.rows) +
                           " rows are queued (limit " + std::to_string(max_rows_) + ")"};
  }
  cost.own = queue.cost.OfSlices(rows, batch_size);
  return cost;
}

base::Duration RunQueue::CostOf(const servable::Servable& servable, std::size_t rows,
                                std::size_t batch_size) const {
  const base::MutexLock lock(mu_);
  return queues_.at(servable.id).cost.OfSlices(rows, batch_size);
}

void RunQueue::Record(const servable::Servable& servable, std::size_t rows, base::Duration ran) {
  const base::MutexLock lock(mu_);
  queues_.at(servable.id).cost.Record(rows, ran);
}

std::size_t RunQueue::rows() const {
  const base::MutexLock lock(mu_);
  std::size_t rows = 0;
  for (const auto& [id, queue] : queues_) rows += queue.rows;
  return rows;
}

std::map<std::string, std::size_t> RunQueue::rows_by_model() const {
  const base::MutexLock lock(mu_);
  std::map<std::string, std::size_t> rows;
  for (const auto& [id, queue] : queues_) {
    const servable::ServableHandle servable = queue.servable.lock();
    if (servable != nullptr && queue.rows > 0) rows[servable->name.value()] += queue.rows;
  }
  return rows;
}

}  // namespace moorage::lane
