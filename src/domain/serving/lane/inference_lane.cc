#include "domain/serving/lane/inference_lane.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string>
#include <utility>

#include "domain/serving/lane/lane_state.h"

namespace moorage::lane {
namespace {

using base::Code;
using base::Error;

// How often the memory of unloaded versions is looked for.
constexpr base::Duration kSweepInterval = std::chrono::seconds(5);

std::size_t BytesIn(const std::vector<model::Tensor>& tensors) {
  std::size_t bytes = 0;
  for (const model::Tensor& tensor : tensors) {
    bytes += tensor.bytes.size() + tensor.strings.size() * sizeof(std::string);
    for (const std::string& text : tensor.strings) bytes += text.size();
  }
  return bytes;
}

std::size_t ElementsIn(const std::vector<model::Tensor>& tensors) {
  std::size_t elements = 0;
  for (const model::Tensor& tensor : tensors) elements += tensor.view().elements();
  return elements;
}

// Of tensors that have a row form.
std::size_t RowsIn(const std::vector<model::Tensor>& tensors) {
  for (const model::Tensor& tensor : tensors) {
    if (!tensor.shape.empty()) return static_cast<std::size_t>(tensor.shape.front());
  }
  return 0;
}

// The run that answered the request. Null if none did.
std::shared_ptr<const runtime::Outputs> RunOf(const QueuedRequest& request) {
  return request.result.ok() ? request.result->run : nullptr;
}

}  // namespace

base::Result<rows::RowTarget> RowSet::Add() {
  servable::RowBuffers& buffers = batch_->data->rows;
  if (buffers.rows() - batch_->open_from >= batch_->max_rows) {
    return InferenceLane::TooManyRows(servable(), batch_->max_rows);
  }
  if (buffers.rows() == buffers.capacity()) RETURN_IF_ERROR(buffers.Grow(1));
  return buffers.Add();
}

std::size_t RowSet::rows() const { return batch_->data->rows.rows() - batch_->open_from; }

const servable::Servable& RowSet::servable() const { return *batch_->data->servable; }

void RowSet::Abandon() {
  batch_->data->rows.Truncate(batch_->open_from);
  batch_->account->Leave(1);
}

InferenceLane::InferenceLane(const Options& options, BatchExecutor& executor,
                             const base::Clock& clock, base::InlineFunction<void(), 64> wake)
    : state_(std::make_unique<State>(options, executor, clock, std::move(wake))) {}

InferenceLane::~InferenceLane() {
  State& state = *state_;
  // Runs that only this lane wants are stopped. Before the queue is closed, because what comes back
  // to a closed queue is destroyed.
  for (auto& [ticket, request] : state.waiting) {
    state.executor.Abandon(*request.request, base::CancelReason::kShutdown);
  }
  state.completions->Close();
  // Collects every completion before the first is called, because a completion may come back to the
  // lane.
  const Error stopping{Code::kUnavailable, "predict: the server is stopping"};
  std::vector<Completion> unanswered;
  const auto take = [&unanswered](std::vector<Completion>& done) {
    unanswered.insert(unanswered.end(), std::make_move_iterator(done.begin()),
                      std::make_move_iterator(done.end()));
    done.clear();
  };
  for (const std::unique_ptr<LaneSlot>& slot : state.slots) {
    if (slot == nullptr) continue;
    take(slot->rows.done);
    for (Batch& batch : slot->tensors) take(batch.done);
  }
  for (auto& [ticket, request] : state.waiting) unanswered.push_back(std::move(request.done));
  state.admission.Unhold(state.waiting.size());
  state.waiting.clear();
  state.deadlines.clear();
  state.AnswerRefused();
  for (Completion& done : unanswered) state.Answer(done, stopping);
  state.ReturnPlaces();
}

base::Result<RowSet> InferenceLane::OpenRows(const servable::ServableHandle& servable) {
  State& state = *state_;
  if (!servable->layout.ok()) return servable->layout.error();
  if (auto full = state.Admit(servable.get())) return *std::move(full);
  LaneSlot& slot = state.Touch(servable);
  Batch& batch = slot.rows;
  // The executor has the memory of the last hand-over until it answers. A spare saves the
  // allocation meanwhile.
  if (batch.data == nullptr) {
    batch.data = slot.spare != nullptr
                     ? std::move(slot.spare)
                     : std::make_shared<BatchData>(slot.form, state.admission.memory());
    batch.data->predictions = true;
    batch.account = &state.account;
    batch.max_rows = state.options.max_rows_per_request;
  }
  // One lease per batch. A lease per request would be an atomic increment on a line that all
  // reactors share.
  if (batch.data->servable == nullptr) batch.data->servable = servable;
  batch.open_from = batch.data->rows.rows();
  return RowSet(batch);
}

void InferenceLane::Submit(RowSet rows, const SubmitOptions& options, Completion done) {
  State& state = *state_;
  Batch& batch = *std::exchange(rows.batch_, nullptr);
  BatchData& data = *batch.data;
  const std::size_t count = data.rows.rows() - batch.open_from;
  ++state.in_flight;
  if (count == 0) {
    state.Refuse(std::move(done), {Code::kInvalid, "predict " + data.servable->name.value() +
                                                       ": the request holds no rows"});
    return;
  }
  // Texts are charged when they are all there. They are copies of a part of a body that is charged.
  if (data.rows.has_text()) {
    const std::size_t text = data.rows.TextBytes(batch.open_from, count);
    if (base::Status charged = data.charge.Resize(data.charge.bytes() + text); !charged.ok()) {
      data.rows.Truncate(batch.open_from);
      return state.Refuse(std::move(done), std::move(charged).error());
    }
  }
  data.pieces.push_back({.first_row = batch.open_from,
                         .rows = count,
                         .deadline = options.deadline,
                         .submitted = *state.tick_start,
                         .client = options.client,
                         .ticket = options.ticket});
  batch.done.push_back(std::move(done));
  // A full batch of an expensive model is handed over now, while the tick goes on.
  if (data.rows.rows() < state.options.batch_size) return;
  LaneSlot& slot = *state.slots[data.servable->id];
  if (state.TooExpensive(slot, state.options.batch_size)) state.HandOver(batch, 0);
}

void InferenceLane::SubmitTensors(const servable::ServableHandle& servable,
                                  std::vector<model::Tensor> inputs, const SubmitOptions& options,
                                  Completion done) {
  State& state = *state_;
  ++state.in_flight;
  if (auto full = state.Admit(servable.get())) {
    return state.Refuse(std::move(done), *std::move(full), Admitted::kNo);
  }
  LaneSlot& slot = state.Touch(servable);
  Batch& batch = state.TensorBatch(slot, servable, inputs);
  BatchData& data = *batch.data;
  Piece piece{.first_row = data.rows.rows(),
              .rows = 1,
              .deadline = options.deadline,
              .submitted = *state.tick_start,
              .client = options.client,
              .ticket = options.ticket};
  // TensorBatch() gives no form to tensors that share no run.
  if (data.rows.form().inputs.empty()) {
    if (base::Status charged = data.charge.Resize(BytesIn(inputs)); !charged.ok()) {
      return state.Refuse(std::move(done), std::move(charged).error());
    }
    data.alone = std::move(inputs);
    piece.rows = RowsOf(data);
  } else {
    if (base::Status grown = data.rows.Grow(RowsIn(inputs)); !grown.ok()) {
      return state.Refuse(std::move(done), std::move(grown).error());
    }
    data.rows.Append(std::move(inputs));
    piece.rows = data.rows.rows() - piece.first_row;
  }
  piece.weight = slot.weight.Of(data.alone.empty() ? servable::ElementsOf(data.rows.form())
                                                   : ElementsIn(data.alone) /
                                                         std::max<std::size_t>(piece.rows, 1));
  data.pieces.push_back(piece);
  batch.done.push_back(std::move(done));
}

void InferenceLane::SubmitWork(const servable::ServableHandle& servable,
                               const SubmitOptions& options, base::Duration cost, WorkFunction work,
                               Completion done) {
  State& state = *state_;
  ++state.in_flight;
  if (options.is_rest) {
    // The place is returned at the end of the tick, unless it is taken back here.
    assert(state.left > 0);
    --state.left;
  } else if (auto full = state.Admit(servable.get())) {
    return state.Refuse(std::move(done), *std::move(full), Admitted::kNo);
  } else if (auto above = state.AboveShare(servable.get(), options.client)) {
    return state.Refuse(std::move(done), *std::move(above));
  }
  const Piece piece{.rows = 0,
                    .deadline = options.deadline,
                    .submitted = state.clock.Monotonic(),
                    .client = options.client,
                    .ticket = options.ticket};
  Requests requests;
  requests.push_back(std::make_unique<QueuedRequest>(servable, piece, std::move(work)));
  requests.front()->cost = cost;
  requests.front()->is_rest = options.is_rest;
  state.Await(*requests.front(), std::move(done));
  state.Queue(std::move(requests));
}

std::uint64_t InferenceLane::NewTicket() { return state_->next_ticket++; }

void InferenceLane::Cancel(std::uint64_t ticket) {
  State& state = *state_;
  const auto found = state.waiting.find(ticket);
  // It is answered already, or is about to be at the end of this tick.
  if (found == state.waiting.end()) return;
  QueuedRequest& request = *found->second.request;
  auto gone = state.Forget(ticket, request.piece.deadline);
  state.executor.Abandon(request, base::CancelReason::kClientGone);
  state.Refuse(std::move(gone->done), {Code::kCancelled, "predict: the client has gone"});
  // The end of this tick may be over.
  state.completions->Wake();
}

void InferenceLane::EndTick() {
  State& state = *state_;
  if (state.tick_start && *state.tick_start >= state.next_sweep) {
    state.Sweep();
    state.next_sweep = *state.tick_start + kSweepInterval;
  }
  // Completions may submit while the slots run. What they submit is of the next tick, so this one
  // is closed before its first run.
  state.tick_start.reset();
  if (!state.waiting.empty()) state.AnswerEarly();
  if (!state.touched.empty()) {
    state.ending.swap(state.touched);
    for (LaneSlot* slot : state.ending) state.RunSlot(*slot);
    state.ending.clear();
    state.spent = base::Duration{0};
  }
  state.AnswerRefused();
  state.ReturnPlaces();
  // Without a wake-up the reactor could sleep on what completions have submitted.
  if (!state.touched.empty() || !state.refused.empty()) state.completions->Wake();
}

void InferenceLane::Collect() {
  State& state = *state_;
  if (state.completions->empty()) return;
  Requests back = state.completions->Take();
  for (auto first = back.begin(); first != back.end();) {
    // Requests of one run are neighbours. The run counts once.
    const auto run = RunOf(**first);
    const auto last =
        run == nullptr ? first + 1 : std::find_if(first, back.end(), [&run](const auto& request) {
          return RunOf(*request) != run;
        });
    if (run != nullptr) state.Learn(**first, static_cast<std::size_t>(last - first));
    for (auto request = first; request != last; ++request) {
      state.Finish(**request);
      std::shared_ptr<BatchData> data = (*request)->batch;
      request->reset();
      state.KeepMemory(std::move(data));
    }
    first = last;
  }
  state.ReturnPlaces();
}

base::Instant InferenceLane::NextDeadline() const {
  const auto& deadlines = state_->deadlines;
  return deadlines.empty() ? base::Instant::max() : deadlines.begin()->first;
}

std::size_t InferenceLane::max_rows_per_request() const {
  return state_->options.max_rows_per_request;
}

Error InferenceLane::TooManyRows(const servable::Servable& servable, std::size_t most) {
  return {Code::kInvalid, "predict " + servable.name.value() + ": more than " +
                              std::to_string(most) + " rows in one request"};
}

std::size_t InferenceLane::in_flight() const { return state_->in_flight; }

}  // namespace moorage::lane
