#pragma once

// The inside of an InferenceLane: its slots by version, what this tick touched, and what waits for
// the executor.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/serving/lane/admission.h"
#include "domain/serving/lane/batch.h"
#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/completion_queue.h"
#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/servable/cost_board.h"
#include "domain/serving/servable/cost_estimate.h"
#include "domain/serving/servable/element_weight.h"

namespace moorage::lane {

// What a lane knows of one version.
struct LaneSlot {
  explicit LaneSlot(const servable::ServableHandle& version)
      : servable(version),
        data_dependent(!version->probe.data_dependent.empty()),
        weight(version->probe.costs),
        cost(version->cost) {
    if (version->layout.ok()) {
      form = servable::RowForm::Of(version->session->signature(), *version->layout);
    }
  }

  std::weak_ptr<const servable::Servable> servable;
  const bool data_dependent;  // a run may cost more than its rows show
  const servable::ElementWeight weight;
  servable::CostEstimate cost;
  double worst = 1;           // of the board, in this tick
  std::uint32_t reports = 0;  // of the board, that this slot has seen
  // `cost` is of one run that took long on a reactor. The model was expensive or the reactor lost
  // the processor. The next run on the executor shows which.
  bool doubted = false;
  servable::RowForm form;
  Batch rows;                  // of OpenRows()
  std::vector<Batch> tensors;  // of SubmitTensors(), one per row form, or one per request
  std::shared_ptr<BatchData> spare;
  std::unique_ptr<runtime::RunControl> control;  // of runs on the reactor, used many times
  bool touched = false;
};

// A request that the executor has, and where its answer goes.
struct WaitingRequest {
  QueuedRequest* request = nullptr;  // until it comes back
  std::uint64_t client = 0;
  Completion done;
};

// How a run on the reactor ended.
enum class InlineEnd : std::uint8_t {
  kAnswered,
  kFailedTogether,  // nothing is answered, each request is to be run by itself
  kTooLong,         // nothing is answered, the executor is to run it
};

// One run, as the observer wants it.
struct RunSample {
  std::size_t rows = 0;
  std::size_t requests = 0;  // of this lane
  base::Duration queued{0};
  base::Duration ran{0};
};

// Whether a refused request has taken a place.
enum class Admitted : std::uint8_t { kNo, kYes };

// A request that was not run, and is answered at the end of the tick.
struct Refused {
  Completion done;
  base::Error error;
  Admitted admitted = Admitted::kYes;
};

// All of it belongs to the reactor's thread, except that executor threads put into `completions`.
struct InferenceLane::State {
  State(const Options& options_in, BatchExecutor& executor_in, const base::Clock& clock_in,
        base::InlineFunction<void(), 64> wake)
      : options(options_in),
        own_admission({.max_requests = options_in.max_concurrent_requests}),
        admission(options_in.admission != nullptr ? *options_in.admission : own_admission),
        account(admission),
        executor(executor_in),
        clock(clock_in),
        completions(std::make_shared<CompletionQueue>(std::move(wake))) {}

  LaneSlot& Touch(const servable::ServableHandle& servable);
  LaneSlot& AddSlot(const servable::ServableHandle& servable);
  LaneSlot* FindSlot(std::uint32_t id) { return id < slots.size() ? slots[id].get() : nullptr; }
  void Sweep();
  // Nothing, and a place is taken, if the request is admitted.
  std::optional<base::Error> Admit(const servable::Servable* servable) {
    if (account.Enter()) return std::nullopt;
    return Full(servable);
  }
  base::Error Full(const servable::Servable* servable);
  // The error for one more request of this client on the executor, if it holds its share of places.
  std::optional<base::Error> AboveShare(const servable::Servable* servable, std::uint64_t client);
  Batch& TensorBatch(LaneSlot& slot, const servable::ServableHandle& servable,
                     const std::vector<model::Tensor>& inputs);
  void ReadBoard(LaneSlot& slot, const servable::CostBoard& board);
  void ReportCost(LaneSlot& slot, const servable::Servable& servable, std::size_t units,
                  base::Duration ran);
  bool TooExpensive(const LaneSlot& slot, std::size_t units) const;

  void RunSlot(LaneSlot& slot);
  void RunBatch(LaneSlot& slot, Batch& batch);
  InlineEnd RunInline(LaneSlot& slot, Batch& batch, const Group& group, base::Instant& now);
  void AnswerGroup(Batch& batch, const Group& group, InferAnswer answer, base::Instant start);
  void HandOver(Batch& batch, std::size_t from);
  bool Queue(Requests requests);
  std::uint64_t Await(QueuedRequest& request, Completion done);
  std::optional<WaitingRequest> Forget(std::uint64_t serial, base::Instant deadline);
  void AnswerEarly();
  void ExpireLate(base::Instant now);
  void AnswerUnavailable();
  void Refuse(Completion done, base::Error error, Admitted admitted = Admitted::kYes) {
    refused.push_back({std::move(done), std::move(error), admitted});
  }
  void AnswerRefused();
  void Learn(const QueuedRequest& request, std::size_t requests);
  void Finish(QueuedRequest& request);
  void Answer(Completion& done, base::Result<InferAnswer> answer) {
    --in_flight;
    ++left;
    done(std::move(answer));
  }
  // Returns the places of what was answered, all at once.
  void ReturnPlaces() {
    if (left > 0) account.Leave(std::exchange(left, 0));
  }
  void KeepMemory(std::shared_ptr<BatchData> data);
  void Report(const servable::Servable& servable, RunPlace place, const RunSample& run) const {
    if (options.observer == nullptr) return;
    options.observer->OnRun({servable, place, run.rows, run.requests, run.queued, run.ran});
  }
  void Report(const servable::Servable& servable, Rejection reason, std::size_t requests) const {
    if (options.observer != nullptr) options.observer->OnRejected(servable, reason, requests);
  }

  const Options options;
  Admission own_admission;  // where the lanes of a test share none
  Admission& admission;
  Admission::Account account;
  BatchExecutor& executor;
  const base::Clock& clock;
  const std::shared_ptr<CompletionQueue> completions;

  std::vector<std::unique_ptr<LaneSlot>> slots;  // by Servable::id
  std::vector<LaneSlot*> touched;                // with rows or tensors in this tick
  std::vector<LaneSlot*> ending;
  std::vector<Refused> refused;                                 // answered at the end of the tick
  std::unordered_map<std::uint64_t, WaitingRequest> waiting;    // by ticket
  std::set<std::pair<base::Instant, std::uint64_t>> deadlines;  // of those that have one

  std::unordered_map<std::uint64_t, std::size_t> held;  // places of each client in `waiting`

  std::uint64_t next_ticket = 1;
  std::size_t in_flight = 0;
  std::size_t left = 0;                     // answered, and their places not returned yet
  std::optional<base::Instant> tick_start;  // when this tick first touched a model
  base::Instant next_sweep{};
  base::Duration spent{0};  // on inline runs in this tick
};

}  // namespace moorage::lane
