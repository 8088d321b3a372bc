// The half of a lane that deals with the executor: what goes there, what comes back, and what is no
// longer waited for.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "domain/serving/lane/lane_state.h"

namespace moorage::lane {

using base::Code;
using base::Instant;

// Gives the pieces from `from` on to the executor, one request each. They share the memory, which
// comes back with the last of them.
void InferenceLane::State::HandOver(Batch& batch, std::size_t from) {
  const std::vector<Piece>& pieces = batch.data->pieces;
  Requests requests;
  requests.reserve(pieces.size() - from);
  for (std::size_t i = from; i < pieces.size(); ++i) {
    // Only what leaves the tick keeps its place for long, so the share is judged here.
    if (auto above = AboveShare(batch.data->servable.get(), pieces[i].client)) {
      Refuse(std::move(batch.done[i]), *std::move(above));
      continue;
    }
    auto request = std::make_unique<QueuedRequest>(batch.data, pieces[i]);
    Await(*request, std::move(batch.done[i]));
    requests.push_back(std::move(request));
  }
  batch.done.clear();
  if (Queue(std::move(requests))) {
    batch.data = nullptr;
  } else {
    batch.data->Clear();
  }
}

std::optional<base::Error> InferenceLane::State::AboveShare(const servable::Servable* servable,
                                                            std::uint64_t client) {
  if (client == 0) return std::nullopt;
  const auto found = held.find(client);
  if (found == held.end()) return std::nullopt;
  const std::size_t share = admission.Share();
  if (found->second < share) return std::nullopt;
  if (servable != nullptr) Report(*servable, Rejection::kInFlight, 1);
  return base::Error{Code::kExhausted, ErrorPrefix(servable) +
                                           "too many requests of one client in flight (its share "
                                           "is " +
                                           std::to_string(share) + " of " +
                                           std::to_string(admission.max_requests()) + ")"};
}

// Remembers where the answer goes. Returns the ticket.
std::uint64_t InferenceLane::State::Await(QueuedRequest& request, Completion done) {
  request.batch_size = options.batch_size;
  request.memory = admission.memory();
  request.reply = completions;
  request.serial = request.piece.ticket != 0 ? request.piece.ticket : next_ticket++;
  waiting.emplace(request.serial, WaitingRequest{&request, request.piece.client, std::move(done)});
  ++held[request.piece.client];
  admission.Hold(1);
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
  const auto client = held.find(found.mapped().client);
  if (--client->second == 0) held.erase(client);
  admission.Unhold(1);
  return std::move(found.mapped());
}

// Answers what waits for the executor and needs no longer to.
void InferenceLane::State::AnswerEarly() {
  if (executor.giving_up()) return AnswerUnavailable();
  if (!deadlines.empty()) ExpireLate(clock.Monotonic());
}

// The process ends. A run that cannot be stopped may outlast it.
void InferenceLane::State::AnswerUnavailable() {
  while (!waiting.empty()) {
    QueuedRequest& request = *waiting.begin()->second.request;
    std::optional<WaitingRequest> ended = Forget(request.serial, request.piece.deadline);
    executor.Abandon(request, base::CancelReason::kShutdown);
    Refuse(std::move(ended->done), {Code::kUnavailable, ErrorPrefix(request.servable.get()) +
                                                            "the server is shutting down"});
  }
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

// Takes up a run on the executor that answered so many requests of this lane.
void InferenceLane::State::Learn(const QueuedRequest& request, std::size_t requests) {
  const RequestResult& result = *request.result;
  // The lane may have swept the slot meanwhile. Costs seen on the executor count here too, else a
  // model that became cheap would never return to the reactor. Processor time counts, because the
  // threads of the executor wait for a processor where others have it first.
  LaneSlot* slot = FindSlot(request.servable->id);
  if (slot != nullptr) {
    const std::size_t units = UnitsOf(result.batch_rows, request.piece.weight);
    if (std::exchange(slot->doubted, false)) {
      slot->cost.Believe(units, result.used);
    } else {
      slot->cost.Record(units, result.used);
    }
    if (slot->data_dependent) ReportCost(*slot, *request.servable, units, result.used);
  }
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
