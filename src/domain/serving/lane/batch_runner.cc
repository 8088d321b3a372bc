#include "domain/serving/lane/batch_runner.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch.h"

namespace moorage::lane {

using base::Code;
using base::Error;
using base::Instant;

// A piece on its way to a run, and where its result goes.
struct BatchRunner::Load {
  BatchJob* job = nullptr;
  std::size_t index = 0;

  const Piece& piece() const { return job->data->pieces[index]; }
  base::Result<PieceResult>& result() const { return job->results[index]; }
};

namespace {

// Counts one more request of the job in the run that began at `run.start`.
void AddRequest(std::vector<RunSample>& runs, const RunSample& run) {
  if (runs.empty() || runs.back().start != run.start) runs.push_back(run);
  ++runs.back().requests;
}

}  // namespace

void BatchRunner::Run(Jobs& jobs) const {
  const std::size_t batch_size = jobs.front()->batch_size;
  const servable::Servable& servable = *jobs.front()->data->servable;
  servable::RowBuffers merged(jobs.front()->data->rows.form());
  std::vector<Load> loads;
  for (const std::unique_ptr<BatchJob>& job : jobs) {
    job->results.assign(job->data->pieces.size(), Error{Code::kInternal, "predict: not run"});
    for (std::size_t i = 0; i < job->data->pieces.size(); ++i) loads.push_back({job.get(), i});
  }
  for (std::size_t at = 0; at < loads.size();) {
    const Load& next = loads[at];
    const Instant now = clock_.Monotonic();
    // The process ends, and no client waits for what has not begun.
    if (watch_.giving_up()) {
      next.result() = Error{Code::kUnavailable, "predict: the server is shutting down"};
      ++at;
      continue;
    }
    if (next.piece().deadline < now) {
      next.result() = ExpiredBeforeRun(servable, now - next.piece().submitted);
      ++at;
      continue;
    }
    // The same greedy grouping as NextGroup(), over the pieces of several jobs.
    std::size_t rows = next.piece().rows;
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

// Runs the rows of all loads as one input. They are copied into `merged` unless they lie together.
base::Result<runtime::Outputs> BatchRunner::RunTogether(std::span<const Load> loads,
                                                        std::size_t rows,
                                                        servable::RowBuffers& merged,
                                                        runtime::RunControl* control) {
  // Pieces of one job may have gaps between them, where a request was refused. Only a range without
  // gaps can be run without a copy.
  const BatchJob& first = *loads.front().job;
  const std::size_t first_row = loads.front().piece().first_row;
  const Piece& last = loads.back().piece();
  const bool as_they_lie =
      loads.back().job == &first && last.first_row + last.rows == first_row + rows;
  if (as_they_lie) {
    return RunPart(*first.data, first.data->rows, first_row, rows, first.batch_size, control);
  }
  merged.Truncate(0);
  for (const Load& load : loads) {
    merged.Append(load.job->data->rows, load.piece().first_row, load.piece().rows);
  }
  return RunPart(*first.data, merged, 0, rows, first.batch_size, control);
}

// Makes one run. Returns false if several requests failed in it and are to be run one by one.
bool BatchRunner::RunLoads(std::span<const Load> loads, std::size_t rows,
                           servable::RowBuffers& merged) const {
  const BatchJob& first = *loads.front().job;
  const servable::Servable& servable = *first.data->servable;
  // The run goes on while one of its requests may still be in time.
  Instant give_up{};
  for (const Load& load : loads) give_up = std::max(give_up, load.piece().deadline);
  std::unique_ptr<runtime::RunControl> control;
  if (give_up != Instant::max()) control = servable.session->MakeControl();

  const Instant start = clock_.Monotonic();
  base::Result<runtime::Outputs> outputs = [&] {
    const RunWatch::Run run(
        watch_, {.control = control.get(),
                 .give_up = give_up,
                 .expected_end = start + queue_.CostOf(servable, rows, first.batch_size)});
    return RunTogether(loads, rows, merged, control.get());
  }();
  const base::Duration ran = clock_.Monotonic() - start;
  if (!outputs.ok()) {
    // One bad request must fail alone. After a deadline a second run would be late for all.
    const bool several = loads.size() > 1;
    if (several && outputs.error().code != Code::kDeadline) return false;
    for (const Load& load : loads) load.result() = outputs.error();
    return true;
  }
  queue_.Record(servable, rows, ran);
  const auto shared = std::make_shared<const runtime::Outputs>(*std::move(outputs));
  std::size_t row = 0;
  for (const Load& load : loads) {
    const base::Duration queued = start - load.piece().submitted;
    load.result() = PieceResult{.outputs = shared,
                                .first_row = row,
                                .whole = Whole(*first.data),
                                .batch_rows = rows,
                                .queued = queued,
                                .ran = ran};
    row += load.piece().rows;
    AddRequest(load.job->runs, {.rows = rows, .queued = queued, .ran = ran, .start = start});
  }
  return true;
}

}  // namespace moorage::lane
