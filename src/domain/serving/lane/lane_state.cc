#include "domain/serving/lane/lane_state.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "foundation/base/units.h"

namespace moorage::lane {
namespace {

// Tensor batches of different row forms that are kept per model between ticks.
constexpr std::size_t kKeptForms = 4;
// A run of this length on a reactor has kept every other client waiting. The next one of its model
// goes to the executor at once.
constexpr auto kFarTooLong = std::chrono::milliseconds(10);

using base::Code;
using base::Error;
using base::Instant;

}  // namespace

LaneSlot& InferenceLane::State::Touch(const servable::ServableHandle& servable) {
  LaneSlot* slot = FindSlot(servable->id);
  if (slot == nullptr) slot = &AddSlot(servable);
  if (!slot->touched) {
    slot->touched = true;
    touched.push_back(slot);
  }
  if (!tick_start) tick_start = clock.Monotonic();
  return *slot;
}

LaneSlot& InferenceLane::State::AddSlot(const servable::ServableHandle& servable) {
  // A new version usually replaces one whose slot is free now. Ids only grow, so the vector keeps
  // null slots of the old ones.
  Sweep();
  if (slots.size() <= servable->id) slots.resize(servable->id + 1);
  slots[servable->id] = std::make_unique<LaneSlot>(servable);
  return *slots[servable->id];
}

void InferenceLane::State::Sweep() {
  for (std::unique_ptr<LaneSlot>& slot : slots) {
    if (slot != nullptr && !slot->touched && slot->servable.expired()) slot.reset();
  }
}

Error InferenceLane::State::Full(const servable::Servable& servable) {
  Report(servable, Rejection::kInFlight, 1);
  return {Code::kExhausted, "predict " + servable.name.value() +
                                ": too many requests in flight (limit " +
                                std::to_string(options.max_concurrent_requests) + ")"};
}

// True if a run of so many rows must not happen on the reactor, now or at the end of the tick.
bool InferenceLane::State::TooExpensive(const LaneSlot& slot, std::size_t rows) const {
  // The first run of a tick is judged by its own cost alone. The budget of the tick counts from the
  // second.
  const base::Duration cost = slot.cost.OfSlices(rows, options.batch_size);
  return cost > options.inline_run || (spent.count() > 0 && spent + cost > options.inline_tick);
}

// The batch that these tensors join, with its data and lease.
Batch& InferenceLane::State::TensorBatch(LaneSlot& slot, const servable::ServableHandle& servable,
                                         const std::vector<model::Tensor>& inputs) {
  std::optional<servable::RowForm> form;
  if (servable->batchable) form = servable::RowForm::Of(inputs);
  if (form) {
    for (Batch& batch : slot.tensors) {
      if (batch.data == nullptr || !batch.data->alone.empty()) continue;
      if (batch.data->rows.form() == *form) {
        batch.data->servable = servable;
        return batch;
      }
    }
  }
  auto data = std::make_unique<BatchData>(form ? *std::move(form) : servable::RowForm{});
  data->servable = servable;
  return slot.tensors.emplace_back(std::move(data));
}

void InferenceLane::State::RunSlot(LaneSlot& slot) {
  slot.touched = false;
  if (slot.rows.data != nullptr) {
    // Completions may open rows of the same version while this batch runs, so the slot is free for
    // them.
    Batch batch = std::move(slot.rows);
    RunBatch(slot, batch);
    if (slot.rows.data == nullptr) {
      slot.rows = std::move(batch);
    } else if (slot.spare == nullptr) {
      slot.spare = std::move(batch.data);
    }
  }
  if (slot.tensors.empty()) return;
  std::vector<Batch> batches = std::exchange(slot.tensors, {});
  for (Batch& batch : batches) {
    // Tensors that run alone have no form in common with a later request, so their memory is not
    // kept.
    const bool shared = batch.data->alone.empty();
    RunBatch(slot, batch);
    if (shared && batch.data != nullptr && slot.tensors.size() < kKeptForms) {
      slot.tensors.push_back(std::move(batch));
    }
  }
}

// Answers every request of the batch, or hands it over. Afterwards the batch is empty. Its memory
// is still there unless the executor has it. Completions may submit to the lane meanwhile.
void InferenceLane::State::RunBatch(LaneSlot& slot, Batch& batch) {
  const BatchData& data = *batch.data;
  std::size_t alone_until = 0;  // these pieces failed together and are run one by one
  std::size_t at = 0;
  Instant now{};
  if (!batch.empty()) now = clock.Monotonic();
  while (at < data.pieces.size()) {
    // A batch size of 0 makes groups of one piece, which is how pieces are retried alone.
    const Group group = NextGroup(data, at, at < alone_until ? 0 : options.batch_size, now);
    if (group.expired) {
      Report(*data.servable, Rejection::kExpired, 1);
      Answer(batch.done[at], ExpiredBeforeRun(*data.servable, now - data.pieces[at].submitted));
      at = group.end;
    } else if (TooExpensive(slot, group.rows)) {
      HandOver(batch, at);
      return;
    } else if (RunInline(slot, batch, group, now)) {
      at = group.end;
    } else {
      alone_until = group.end;
    }
  }
  batch.done.clear();
  batch.data->Clear();
}

// Runs one group and answers it. Returns false if several requests failed together, which are then
// not answered. `now` moves to the end of the run.
bool InferenceLane::State::RunInline(LaneSlot& slot, Batch& batch, const Group& group,
                                     Instant& now) {
  BatchData& data = *batch.data;
  const servable::Servable& servable = *data.servable;
  const Instant start = now;
  Instant give_up{};
  for (std::size_t i = group.begin; i < group.end; ++i) {
    give_up = std::max(give_up, data.pieces[i].deadline);
  }
  // The slot keeps its control, because making one allocates. One that was never terminated is as
  // good as new.
  if (slot.control == nullptr) slot.control = servable.session->MakeControl();
  const base::Result<runtime::Outputs> outputs = [&] {
    std::optional<BatchExecutor::Guard> guard;  // a backend need not be able to stop a run
    if (slot.control != nullptr) guard.emplace(executor, *slot.control, give_up);
    return RunPart(data, data.rows, group.first_row, group.rows, options.batch_size,
                   slot.control.get());
  }();
  now = clock.Monotonic();
  const base::Duration ran = now - start;
  spent += ran;
  // The watchdog may have terminated the control just after the run. The next run with it would end
  // at once.
  if (now > give_up) slot.control = nullptr;
  // Counts failed runs too, because they have kept the other clients waiting just as long.
  if (ran > kFarTooLong) {
    slot.cost.Believe(group.rows, ran);
  } else if (outputs.ok()) {
    slot.cost.Record(group.rows, ran);
  }
  if (!outputs.ok()) {
    slot.control = nullptr;
    // One bad request must fail alone. After a deadline a second run would be late for all.
    if (group.requests() > 1 && outputs.error().code != base::Code::kDeadline) return false;
    for (std::size_t i = group.begin; i < group.end; ++i) {
      Answer(batch.done[i], outputs.error());
    }
    return true;
  }
  Report(servable, RunPlace::kInline,
         {.rows = group.rows,
          .requests = group.requests(),
          .queued = start - data.pieces[group.begin].submitted,
          .ran = ran});
  InferAnswer answer{.servable = &servable,
                     .outputs = outputs->tensors(),
                     .whole = Whole(data),
                     .batch_rows = group.rows,
                     .ran = ran};
  for (std::size_t i = group.begin; i < group.end; ++i) {
    const Piece& piece = data.pieces[i];
    answer.first_row = piece.first_row - group.first_row;
    answer.rows = piece.rows;
    answer.queued = start - piece.submitted;
    Answer(batch.done[i], answer);
  }
  return true;
}

// Gives the pieces from `from` on, and the memory, to the executor. Those that it would answer too
// late are refused now.
void InferenceLane::State::HandOver(Batch& batch, std::size_t from) {
  const auto begin = static_cast<std::ptrdiff_t>(from);
  std::vector<Piece>& pieces = batch.data->pieces;
  pieces.erase(pieces.begin(), pieces.begin() + begin);
  batch.done.erase(batch.done.begin(), batch.done.begin() + begin);
  std::size_t rows = 0;
  for (const Piece& piece : pieces) rows += piece.rows;

  const servable::Servable& servable = *batch.data->servable;
  const auto wait = executor.Admit(servable, rows, options.batch_size);
  if (wait.ok()) {
    RefuseLate(batch, *wait);
  } else {
    RefuseFrom(batch, 0, wait.error(), Rejection::kQueueFull);
  }
  if (pieces.empty()) {
    batch.data->Clear();
    return;
  }
  auto job = std::make_unique<BatchJob>();
  job->batch_size = options.batch_size;
  job->ticket = next_ticket++;
  job->reply = completions;
  job->data = std::move(batch.data);
  outstanding.emplace(job->ticket, std::exchange(batch.done, {}));
  executor.Submit(std::move(job));
}

// Takes the pieces out of the batch whose deadline comes before `wait` is over.
void InferenceLane::State::RefuseLate(Batch& batch, base::Duration wait) {
  const Instant answered = clock.Monotonic() + wait;
  std::vector<Piece>& pieces = batch.data->pieces;
  const auto late = [answered](const Piece& piece) { return piece.deadline < answered; };
  if (std::ranges::none_of(pieces, late)) return;
  const auto rounded = std::chrono::duration_cast<std::chrono::milliseconds>(wait);
  // Stable in-place partition of two parallel vectors. Rows of late pieces stay in the buffers, and
  // no run reads them.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (late(pieces[i])) {
      Refuse(std::move(batch.done[i]),
             {Code::kExhausted, "predict " + batch.data->servable->name.value() +
                                    ": the predicted wait of " + base::FormatDuration(rounded) +
                                    " exceeds the request's deadline"});
      continue;
    }
    pieces[kept] = pieces[i];
    if (kept != i) batch.done[kept] = std::move(batch.done[i]);
    ++kept;
  }
  Report(*batch.data->servable, Rejection::kPredictedWait, pieces.size() - kept);
  pieces.resize(kept);
  batch.done.erase(batch.done.begin() + static_cast<std::ptrdiff_t>(kept), batch.done.end());
}

void InferenceLane::State::RefuseFrom(Batch& batch, std::size_t from, const Error& error,
                                      Rejection reason) {
  for (std::size_t i = from; i < batch.done.size(); ++i) Refuse(std::move(batch.done[i]), error);
  Report(*batch.data->servable, reason, batch.done.size() - from);
  batch.data->pieces.resize(from);
  batch.done.erase(batch.done.begin() + static_cast<std::ptrdiff_t>(from), batch.done.end());
}

void InferenceLane::State::AnswerRefused() {
  if (refused.empty()) return;
  std::vector<Refused> answering = std::exchange(refused, {});
  for (Refused& refusal : answering) Answer(refusal.done, std::move(refusal.error));
}

// Answers what came back from the executor.
void InferenceLane::State::Finish(BatchJob& job, std::vector<Completion>& done) {
  const servable::Servable& servable = *job.data->servable;
  for (std::size_t i = 0; i < done.size(); ++i) {
    base::Result<PieceResult>& result = job.results[i];
    if (!result.ok()) {
      if (result.error().code == Code::kDeadline) Report(servable, Rejection::kExpired, 1);
      Answer(done[i], std::move(result).error());
      continue;
    }
    Answer(done[i], InferAnswer{.servable = &servable,
                                .outputs = result->outputs->tensors(),
                                .first_row = result->first_row,
                                .rows = job.data->pieces[i].rows,
                                .whole = result->whole,
                                .batch_rows = result->batch_rows,
                                .queued = result->queued,
                                .ran = result->ran});
  }
  // The lane may have swept the slot while the job was away. Costs seen on the executor count here
  // too, else a model that became cheap would never return to the reactor.
  LaneSlot* slot = FindSlot(servable.id);
  for (const RunSample& run : job.runs) {
    if (slot != nullptr) slot->cost.Record(run.rows, run.ran);
    Report(servable, RunPlace::kExecutor, run);
  }
  // The spare serves OpenRows(), so its rows must have the form of the layout. Those of tensors
  // have their own.
  const bool reusable = job.data->predictions;
  job.data->Clear();
  if (slot != nullptr && reusable && slot->spare == nullptr) slot->spare = std::move(job.data);
}

}  // namespace moorage::lane
