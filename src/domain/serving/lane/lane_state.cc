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

std::string Prefix(const servable::Servable* servable) {
  return servable == nullptr ? "predict: " : "predict " + servable->name.value() + ": ";
}

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

std::optional<Error> InferenceLane::State::AdmitNearTheBound(const servable::Servable* servable,
                                                             std::uint64_t client) {
  const Instant now = clock.Monotonic();
  // Only what waits for the executor keeps its place for long, and only it is counted.
  const auto held = [&] {
    return static_cast<std::size_t>(std::ranges::count_if(waiting, [client](const auto& entry) {
      return entry.second.request->piece.client == client;
    }));
  };
  if (admission.contended(now) && held() >= admission.share()) {
    if (servable != nullptr) Report(*servable, Rejection::kInFlight, 1);
    return Error{Code::kExhausted, Prefix(servable) + "too many requests of one client in flight " +
                                       "(limit " + std::to_string(admission.share()) +
                                       " while others wait)"};
  }
  admission.ForgetRefusals(now);
  ReturnPlaces();
  if (account.Enter()) return std::nullopt;
  // A client that holds most of the places itself waits for no other.
  if (held() < admission.share()) admission.NoteRefused(now);
  if (servable != nullptr) Report(*servable, Rejection::kInFlight, 1);
  return Error{Code::kExhausted, Prefix(servable) + "too many requests in flight (limit " +
                                     std::to_string(admission.max_requests()) + ")"};
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
    return RunPart(data, data.rows, data.rows.scratch(), group.first_row, group.rows,
                   options.batch_size, slot.control.get());
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

// Gives the pieces from `from` on to the executor, one request each. They share the memory, which
// comes back with the last of them.
void InferenceLane::State::HandOver(Batch& batch, std::size_t from) {
  const std::vector<Piece>& pieces = batch.data->pieces;
  Requests requests;
  requests.reserve(pieces.size() - from);
  for (std::size_t i = from; i < pieces.size(); ++i) {
    auto request = std::make_unique<QueuedRequest>(batch.data, pieces[i]);
    Await(*request, std::move(batch.done[i]));
    requests.push_back(std::move(request));
  }
  batch.done.clear();
  const bool queued = Queue(std::move(requests));
  if (queued) {
    batch.data = nullptr;
  } else {
    batch.data->Clear();
  }
}

// Remembers where the answer goes. Returns the ticket.
std::uint64_t InferenceLane::State::Await(QueuedRequest& request, Completion done) {
  request.batch_size = options.batch_size;
  request.memory = admission.memory();
  request.reply = completions;
  request.serial = request.piece.ticket != 0 ? request.piece.ticket : next_ticket++;
  waiting.emplace(request.serial, WaitingRequest{&request, std::move(done)});
  if (request.piece.deadline != Instant::max()) {
    deadlines.emplace(request.piece.deadline, request.serial);
  }
  return request.serial;
}

// Gives requests to the executor. Returns false if it has refused all of them. Those that it
// refuses are answered at the end of the tick.
bool InferenceLane::State::Queue(Requests requests) {
  const std::size_t count = requests.size();
  std::vector<RefusedRequest> refusals = executor.Submit(std::move(requests));
  for (RefusedRequest& refusal : refusals) {
    auto found = Forget(refusal.request->serial, refusal.request->piece.deadline);
    if (refusal.request->servable != nullptr) Report(*refusal.request->servable, refusal.reason, 1);
    Refuse(std::move(found->done), std::move(refusal.error));
  }
  return refusals.size() < count;
}

// Takes out what waits under this ticket. Nothing if it has been answered.
std::optional<WaitingRequest> InferenceLane::State::Forget(std::uint64_t serial, Instant deadline) {
  auto found = waiting.extract(serial);
  if (found.empty()) return std::nullopt;
  if (deadline != Instant::max()) deadlines.erase({deadline, serial});
  return std::move(found.mapped());
}

// Answers what is late, although it may still run. Its result is dropped when it comes.
void InferenceLane::State::ExpireLate(Instant now) {
  while (!deadlines.empty() && deadlines.begin()->first < now) {
    const auto [deadline, serial] = *deadlines.begin();
    std::optional<WaitingRequest> late = Forget(serial, deadline);
    QueuedRequest& request = *late->request;
    const servable::Servable* servable = request.servable.get();
    const base::Duration waited = now - request.piece.submitted;
    const auto place = executor.Abandon(request, base::CancelReason::kDeadline);
    if (servable != nullptr) Report(*servable, Rejection::kExpired, 1);
    Refuse(std::move(late->done), place == BatchExecutor::Place::kQueued
                                      ? ExpiredBeforeRun(servable, waited)
                                      : ExpiredInRun(servable, waited));
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
                     .ran = result->ran};
  if (result->run != nullptr) answer.outputs = result->run->outputs.tensors();
  Answer(found->done, answer);
}

// Takes up a run on the executor that answered so many requests of this lane.
void InferenceLane::State::Learn(const QueuedRequest& request, std::size_t requests) {
  const RequestResult& result = *request.result;
  // The lane may have swept the slot meanwhile. Costs seen on the executor count here too, else a
  // model that became cheap would never return to the reactor.
  LaneSlot* slot = FindSlot(request.servable->id);
  if (slot != nullptr) slot->cost.Record(result.batch_rows, result.ran);
  Report(*request.servable, RunPlace::kExecutor,
         {.rows = result.batch_rows,
          .requests = requests,
          .queued = result.queued,
          .ran = result.ran});
}

// Keeps the memory of a batch that has come back whole.
void InferenceLane::State::KeepMemory(std::shared_ptr<BatchData> data) {
  // The lane is the only one left to hold it once all its requests have come back.
  if (data == nullptr || data.use_count() > 1) return;
  LaneSlot* slot = FindSlot(data->servable->id);
  // The spare serves OpenRows(), so its rows must have the form of the layout. Those of tensors
  // have their own.
  const bool reusable = data->predictions;
  data->Clear();
  if (slot != nullptr && reusable && slot->spare == nullptr) slot->spare = std::move(data);
}

}  // namespace moorage::lane
