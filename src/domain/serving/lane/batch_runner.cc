#include "domain/serving/lane/batch_runner.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch.h"
#include "domain/serving/servable/row_run.h"

namespace moorage::lane {

using base::Code;
using base::Error;
using base::Instant;

namespace {

Error NoLongerWanted(base::CancelReason reason) {
  if (reason == base::CancelReason::kDeadline) {
    return {Code::kDeadline, "predict: the deadline passed"};
  }
  return {Code::kCancelled, "predict: the client has gone"};
}

Instant LastDeadline(std::span<QueuedRequest* const> loads) {
  Instant last{};
  for (const QueuedRequest* load : loads) last = std::max(last, load->piece.deadline);
  return last;
}

}  // namespace

// What work sees of the executor.
class BatchRunner::WorkOnThread : public WorkRun {
 public:
  WorkOnThread(const BatchRunner& runner, QueuedRequest& request)
      : runner_(runner), request_(request) {}

  base::Status Wanted() const override { return runner_.Runnable(request_); }

  base::Result<runtime::Outputs> RunRows(servable::RowBuffers& rows,
                                         std::span<const std::size_t> wanted) override {
    return Watched(rows.rows(), [&](runtime::RunControl* control) {
      return servable::RunOverRows(*request_.servable, rows, 0, rows.rows(), wanted,
                                   request_.batch_size, control);
    });
  }

  base::Result<runtime::Outputs> RunTensors(std::span<const model::TensorView> inputs,
                                            std::span<const std::size_t> wanted) override {
    const std::size_t rows = inputs.empty() || inputs.front().shape.empty()
                                 ? 1
                                 : static_cast<std::size_t>(inputs.front().shape.front());
    return Watched(std::max<std::size_t>(rows, 1), [&](runtime::RunControl* control) {
      return request_.servable->session->Run(inputs, wanted, control);
    });
  }

 private:
  template <typename Call>
  base::Result<runtime::Outputs> Watched(std::size_t rows, const Call& call) {
    assert(request_.servable != nullptr);
    RETURN_IF_ERROR(Wanted());
    const servable::Servable& servable = *request_.servable;
    const auto control = servable.session->MakeControl();
    const Instant start = runner_.clock_.Monotonic();
    QueuedRequest* const load = &request_;
    base::Result<runtime::Outputs> outputs = [&] {
      const RunWatch::Run run(
          runner_.watch_,
          {.control = control.get(),
           .give_up = request_.piece.deadline,
           .expected_end = start + runner_.queue_.CostOf(servable, rows, request_.batch_size),
           .requests = {&load, 1}});
      return call(control.get());
    }();
    if (!outputs.ok()) {
      // A run that was stopped says no more than that.
      RETURN_IF_ERROR(Wanted());
      return outputs;
    }
    runner_.queue_.Record(servable, rows, runner_.clock_.Monotonic() - start);
    return outputs;
  }

  const BatchRunner& runner_;
  QueuedRequest& request_;
};

base::Status BatchRunner::Runnable(const QueuedRequest& request) const {
  // The process ends, and no client waits for what has not begun.
  if (watch_.giving_up()) {
    return Error{Code::kUnavailable, "predict: the server is shutting down"};
  }
  if (!request.wanted()) return NoLongerWanted(request.abandoned);
  const Instant now = clock_.Monotonic();
  if (request.piece.deadline < now) {
    return ExpiredBeforeRun(request.servable.get(), now - request.piece.submitted);
  }
  return {};
}

void BatchRunner::Run(Requests& requests) const {
  const Instant start = clock_.Monotonic();
  if (requests.front()->is_work()) {
    RunWork(*requests.front());
  } else {
    std::vector<QueuedRequest*> loads;
    for (const std::unique_ptr<QueuedRequest>& request : requests) {
      if (base::Status runnable = Runnable(*request); !runnable.ok()) {
        request->result = std::move(runnable).error();
      } else {
        loads.push_back(request.get());
      }
    }
    // Neighbours of one batch need no copy.
    std::ranges::sort(loads, [](const QueuedRequest* a, const QueuedRequest* b) {
      return a->batch != b->batch ? a->batch < b->batch : a->piece.first_row < b->piece.first_row;
    });
    if (!loads.empty() && !RunLoads(loads)) {
      for (QueuedRequest* load : loads) {
        if (base::Status runnable = Runnable(*load); !runnable.ok()) {
          load->result = std::move(runnable).error();
        } else {
          RunLoads({&load, 1});
        }
      }
    }
  }
  queue_.Settle(requests, clock_.Monotonic() - start);
}

void BatchRunner::RunWork(QueuedRequest& request) const {
  const Instant start = clock_.Monotonic();
  base::Status done = Runnable(request);
  if (done.ok()) {
    WorkOnThread run(*this, request);
    done = request.work(run);
  }
  if (!done.ok()) {
    request.result = std::move(done).error();
    return;
  }
  request.result = RequestResult{.run = nullptr,
                                 .whole = true,
                                 .queued = start - request.piece.submitted,
                                 .ran = clock_.Monotonic() - start};
}

// Runs the rows of all loads as one input. They are copied unless they lie together.
base::Result<runtime::Outputs> BatchRunner::RunTogether(Loads loads, std::size_t rows,
                                                        runtime::RunControl* control) const {
  const QueuedRequest& first = *loads.front();
  const BatchData& data = *first.batch;
  // Other workers read the same rows, so the views stand in memory of this run.
  servable::RowViews views(data.rows.form());
  // Pieces of one batch may have gaps between them, where a request was refused or is in another
  // run. Only a range without gaps can be run without a copy.
  const std::size_t first_row = first.piece.first_row;
  const Piece& last = loads.back()->piece;
  const bool as_they_lie =
      loads.back()->batch == first.batch && last.first_row + last.rows == first_row + rows;
  if (as_they_lie) {
    return RunPart(data, data.rows, views, first_row, rows, first.batch_size, control);
  }
  servable::RowBuffers merged(data.rows.form(), first.memory);
  RETURN_IF_ERROR(merged.Grow(rows));
  for (const QueuedRequest* load : loads) {
    merged.Append(load->batch->rows, load->piece.first_row, load->piece.rows);
  }
  return RunPart(data, merged, views, 0, rows, first.batch_size, control);
}

// Makes one run. Returns false if several requests failed in it and are to be run one by one.
bool BatchRunner::RunLoads(Loads loads) const {
  const QueuedRequest& first = *loads.front();
  const servable::Servable& servable = *first.servable;
  std::size_t rows = 0;
  for (const QueuedRequest* load : loads) rows += load->piece.rows;
  // Rows that share a run have one form, and so one weight.
  const std::size_t units = UnitsOf(rows, first.piece.weight);
  // Always, because the end of the process and a client that has gone stop a run without a deadline
  // too.
  const std::unique_ptr<runtime::RunControl> control = servable.session->MakeControl();

  const Instant start = clock_.Monotonic();
  const base::Duration used_before = clock_.ThreadTime();
  auto run = std::make_shared<runtime::Outputs>();
  base::Status done = [&]() -> base::Status {
    const RunWatch::Run watched(
        watch_, {.control = control.get(),
                 // The run goes on while one of its requests may still be in time.
                 .give_up = LastDeadline(loads),
                 .expected_end = start + queue_.CostOf(servable, units, first.batch_size),
                 .requests = loads});
    ASSIGN_OR_RETURN(*run, RunTogether(loads, rows, control.get()));
    return {};
  }();
  const base::Duration used = clock_.ThreadTime() - used_before;
  const base::Duration ran = clock_.Monotonic() - start;
  if (done.ok()) {
    queue_.Record(servable, units, ran);
  } else {
    // One bad request must fail alone. After a deadline a second run would be late for all.
    const bool several = loads.size() > 1;
    if (several && done.error().code != Code::kDeadline) return false;
    for (QueuedRequest* load : loads) {
      // A run that was stopped says no more than that.
      base::Status wanted = Runnable(*load);
      load->result = wanted.ok() || wanted.error().code == Code::kDeadline
                         ? done.error()
                         : std::move(wanted).error();
    }
    return true;
  }
  std::size_t row = 0;
  for (QueuedRequest* load : loads) {
    load->result = RequestResult{.run = run,
                                 .first_row = row,
                                 .whole = Whole(*load->batch),
                                 .batch_rows = rows,
                                 .queued = start - load->piece.submitted,
                                 .ran = ran,
                                 .used = used};
    row += load->piece.rows;
  }
  return true;
}

}  // namespace moorage::lane
