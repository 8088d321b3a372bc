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
constexpr base::Duration kFarTooLong = std::chrono::milliseconds(2);
// A run on a reactor whose cost depends on its input ends after this time, and is made again on the
// executor.
constexpr base::Duration kInlineEnd = std::chrono::milliseconds(2);

using base::Code;
using base::Error;
using base::Instant;

}  // namespace

LaneSlot& InferenceLane::State::Touch(const servable::ServableHandle& servable) {
  LaneSlot* slot = FindSlot(servable->id);
  if (slot == nullptr) slot = &AddSlot(servable);
  if (!tick_start) tick_start = clock.Monotonic();
  if (!slot->touched) {
    slot->touched = true;
    touched.push_back(slot);
    const servable::CostBoard& board = *servable->board;
    if (board.reports() != 0) ReadBoard(*slot, board);
  }
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

Error InferenceLane::State::Full(const servable::Servable* servable) {
  if (servable != nullptr) Report(*servable, Rejection::kInFlight, 1);
  return {Code::kExhausted, ErrorPrefix(servable) + "too many requests in flight (limit " +
                                std::to_string(admission.max_requests()) + ")"};
}

// Takes up what other reactors have seen, once a tick.
void InferenceLane::State::ReadBoard(LaneSlot& slot, const servable::CostBoard& board) {
  slot.worst = board.Worst(*tick_start);
  const std::uint32_t reports = board.reports();
  if (std::exchange(slot.reports, reports) == reports || slot.data_dependent) return;
  // What surprised another reactor need not surprise this one. A graph whose cost does not depend
  // on its input may become cheap again, so runs on the executor correct it.
  if (slot.worst > slot.cost.factor()) {
    slot.cost.Believe(slot.worst);
    slot.doubted = true;
  }
}

// Tells the other reactors of a run that took longer than the prediction. Of a graph whose cost
// depends on its input every worse run counts, of others only one that held up the reactor.
void InferenceLane::State::ReportCost(LaneSlot& slot, const servable::Servable& servable,
                                      std::size_t units, base::Duration ran) {
  const double factor = slot.cost.FactorOf(units, ran);
  if (ran <= (slot.data_dependent ? options.inline_run : kFarTooLong)) return;
  if (slot.data_dependent && factor <= slot.worst) return;
  servable.board->Report(factor, clock.Monotonic());
  slot.worst = std::max(slot.worst, factor);
  slot.reports = servable.board->reports();
}

// True if a run of so many rows of the probe must not happen on the reactor, now or at the end of
// the tick.
bool InferenceLane::State::TooExpensive(const LaneSlot& slot, std::size_t units) const {
  // The first run of a tick is judged by its own cost alone. The budget of the tick counts from the
  // second.
  base::Duration cost = slot.cost.OfSlices(units, options.batch_size);
  // Where the cost depends on the input, the mean of cheap inputs says nothing of the next one.
  if (slot.data_dependent && slot.worst > slot.cost.factor()) {
    cost = base::Duration(static_cast<base::Duration::rep>(static_cast<double>(cost.count()) *
                                                           slot.worst / slot.cost.factor()));
  }
  return cost > options.inline_run || (spent.count() > 0 && spent + cost > options.inline_tick);
}

// The batch that these tensors join, with its data and lease.
Batch& InferenceLane::State::TensorBatch(LaneSlot& slot, const servable::ServableHandle& servable,
                                         const std::vector<model::Tensor>& inputs) {
  std::optional<servable::RowForm> form;
  if (servable->batchable) form = servable::RowForm::Of(inputs);
  if (form) {
    for (Batch& batch : slot.tensors) {
      if (batch.data->rows.form() == *form) {
        batch.data->servable = servable;
        return batch;
      }
    }
  }
  auto data = std::make_shared<BatchData>(form ? *std::move(form) : servable::RowForm{},
                                          admission.memory());
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
      Answer(batch.done[at],
             ExpiredBeforeRun(data.servable.get(), now - data.pieces[at].submitted));
      at = group.end;
    } else if (TooExpensive(slot, UnitsOf(group.rows, data.pieces[at].weight))) {
      HandOver(batch, at);
      return;
    } else {
      const InlineEnd end = RunInline(slot, batch, group, now);
      if (end == InlineEnd::kTooLong) {
        HandOver(batch, at);
        return;
      }
      if (end == InlineEnd::kAnswered) at = group.end;
      if (end == InlineEnd::kFailedTogether) alone_until = group.end;
    }
  }
  batch.done.clear();
  batch.data->Clear();
}

// Runs one group and answers it, as InlineEnd has it. `now` moves to the end of the run.
InlineEnd InferenceLane::State::RunInline(LaneSlot& slot, Batch& batch, const Group& group,
                                          Instant& now) {
  BatchData& data = *batch.data;
  const servable::Servable& servable = *data.servable;
  const std::size_t units = UnitsOf(group.rows, data.pieces[group.begin].weight);
  const Instant start = now;
  // A graph whose cost its rows tell cannot surprise, so it needs no watchdog.
  const bool guarded = slot.data_dependent;
  const Instant give_up = start + kInlineEnd;
  // The slot keeps its control, because making one allocates. One that was never terminated is as
  // good as new.
  if (guarded && slot.control == nullptr) slot.control = servable.session->MakeControl();
  const base::Result<runtime::Outputs> outputs = [&] {
    std::optional<BatchExecutor::Guard> guard;  // a backend need not be able to stop a run
    if (guarded && slot.control != nullptr) guard.emplace(executor, *slot.control, give_up);
    return RunPart(data, data.rows, data.rows.scratch(), group.first_row, group.rows,
                   options.batch_size, slot.control.get());
  }();
  now = clock.Monotonic();
  const base::Duration ran = now - start;
  spent += ran;
  // Counts failed runs too, because they have kept the other clients waiting just as long.
  if (ran > options.inline_run) ReportCost(slot, servable, units, ran);
  if (ran > kFarTooLong && !slot.data_dependent) {
    slot.cost.Believe(units, ran);
    slot.doubted = true;
  } else if (outputs.ok()) {
    slot.cost.Record(units, ran);
  }
  // The watchdog may have terminated the control just after the run. The next run with it would end
  // at once.
  if (now > give_up) slot.control = nullptr;
  if (!outputs.ok()) {
    slot.control = nullptr;
    // Only the watchdog ends a run with kDeadline.
    if (guarded && outputs.error().code == Code::kDeadline) return InlineEnd::kTooLong;
    // One bad request must fail alone.
    if (group.requests() > 1) return InlineEnd::kFailedTogether;
    Answer(batch.done[group.begin], outputs.error());
    return InlineEnd::kAnswered;
  }
  Report(servable, RunPlace::kInline,
         {.rows = group.rows,
          .requests = group.requests(),
          .queued = start - data.pieces[group.begin].submitted,
          .ran = ran});
  AnswerGroup(batch, group,
              {.servable = &servable,
               .outputs = outputs->tensors(),
               .whole = Whole(data),
               .batch_rows = group.rows,
               .ran = ran,
               .lease = &data.servable},
              start);
  return InlineEnd::kAnswered;
}

// Answers each request of a run with its rows of the outputs.
void InferenceLane::State::AnswerGroup(Batch& batch, const Group& group, InferAnswer answer,
                                       Instant start) {
  for (std::size_t i = group.begin; i < group.end; ++i) {
    const Piece& piece = batch.data->pieces[i];
    answer.first_row = piece.first_row - group.first_row;
    answer.rows = piece.rows;
    answer.queued = start - piece.submitted;
    Answer(batch.done[i], answer);
  }
}

void InferenceLane::State::AnswerRefused() {
  if (refused.empty()) return;
  std::vector<Refused> answering = std::exchange(refused, {});
  for (Refused& refusal : answering) {
    // It returns no place that it has not taken.
    if (refusal.admitted == Admitted::kNo) --left;
    Answer(refusal.done, std::move(refusal.error));
  }
}

// Answers what came back from the executor, unless it was answered before.
void InferenceLane::State::Finish(QueuedRequest& request) {
  std::optional<WaitingRequest> found = Forget(request.serial, request.piece.deadline);
  if (!found) return;
  base::Result<RequestResult>& result = request.result;
  if (!result.ok()) {
    if (result.error().code == Code::kDeadline && request.servable != nullptr) {
      Report(*request.servable, Rejection::kExpired, 1);
    }
    return Answer(found->done, std::move(result).error());
  }
  InferAnswer answer{.servable = request.servable.get(),
                     .outputs = {},
                     .first_row = result->first_row,
                     .rows = request.piece.rows,
                     .whole = result->whole,
                     .batch_rows = result->batch_rows,
                     .queued = result->queued,
                     .ran = result->ran,
                     .lease = &request.servable};
  if (result->run != nullptr) answer.outputs = result->run->tensors();
  Answer(found->done, answer);
}

}  // namespace moorage::lane
