#include "domain/serving/lane/inference_lane.h"

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

}  // namespace

base::Result<rows::RowTarget> RowSet::Add() {
  servable::RowBuffers& buffers = batch_->data->rows;
  if (buffers.rows() - batch_->open_from >= batch_->max_rows) {
    return Error{Code::kInvalid, "predict " + servable().name.value() + ": more than " +
                                     std::to_string(batch_->max_rows) + " rows in one request"};
  }
  return buffers.Add();
}

std::size_t RowSet::rows() const { return batch_->data->rows.rows() - batch_->open_from; }

const servable::Servable& RowSet::servable() const { return *batch_->data->servable; }

void RowSet::Abandon() { batch_->data->rows.Truncate(batch_->open_from); }

InferenceLane::InferenceLane(const Options& options, BatchExecutor& executor,
                             const base::Clock& clock, base::InlineFunction<void(), 64> wake)
    : state_(std::make_unique<State>(options, executor, clock, std::move(wake))) {}

InferenceLane::~InferenceLane() {
  State& state = *state_;
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
  for (auto& [ticket, done] : state.outstanding) take(done);
  state.AnswerRefused();
  for (Completion& done : unanswered) state.Answer(done, stopping);
}

base::Result<RowSet> InferenceLane::OpenRows(const servable::ServableHandle& servable) {
  State& state = *state_;
  if (state.full()) return state.Full(*servable);
  if (!servable->layout.ok()) return servable->layout.error();
  LaneSlot& slot = state.Touch(servable);
  Batch& batch = slot.rows;
  // The executor has the memory of the last hand-over until it answers. A spare saves the
  // allocation meanwhile.
  if (batch.data == nullptr) {
    batch.data =
        slot.spare != nullptr ? std::move(slot.spare) : std::make_unique<BatchData>(slot.form);
    batch.data->predictions = true;
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
  data.pieces.push_back({.first_row = batch.open_from,
                         .rows = count,
                         .deadline = options.deadline,
                         .submitted = *state.tick_start});
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
  const bool full = state.full();
  ++state.in_flight;
  if (full) {
    state.Refuse(std::move(done), state.Full(*servable));
    return;
  }
  LaneSlot& slot = state.Touch(servable);
  Batch& batch = state.TensorBatch(slot, servable, inputs);
  BatchData& data = *batch.data;
  Piece piece{.first_row = data.rows.rows(),
              .rows = 1,
              .deadline = options.deadline,
              .submitted = *state.tick_start};
  // TensorBatch() gives no form to tensors that share no run.
  if (data.rows.form().inputs.empty()) {
    data.alone = std::move(inputs);
    piece.rows = RowsOf(data);
  } else {
    data.rows.Append(std::move(inputs));
    piece.rows = data.rows.rows() - piece.first_row;
  }
  data.pieces.push_back(piece);
  batch.done.push_back(std::move(done));
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
  if (!state.touched.empty()) {
    state.ending.swap(state.touched);
    for (LaneSlot* slot : state.ending) state.RunSlot(*slot);
    state.ending.clear();
    state.spent = base::Duration{0};
  }
  state.AnswerRefused();
  // Without a wake-up the reactor could sleep on what completions have submitted.
  if (!state.touched.empty() || !state.refused.empty()) state.completions->Wake();
}

void InferenceLane::Collect() {
  State& state = *state_;
  if (state.completions->empty()) return;
  const std::vector<std::unique_ptr<BatchJob>> jobs = state.completions->Take();
  for (const std::unique_ptr<BatchJob>& job : jobs) {
    auto found = state.outstanding.extract(job->ticket);
    assert(!found.empty());
    state.Finish(*job, found.mapped());
  }
}

std::size_t InferenceLane::in_flight() const { return state_->in_flight; }

}  // namespace moorage::lane
