#pragma once

// The inside of an InferenceLane: its slots by version, what this tick touched, and what waits for
// the executor.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/serving/lane/batch.h"
#include "domain/serving/lane/batch_executor.h"
#include "domain/serving/lane/completion_queue.h"
#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/servable/cost_estimate.h"

namespace moorage::lane {

// What a lane knows of one version.
struct LaneSlot {
  explicit LaneSlot(const servable::ServableHandle& version)
      : servable(version), cost(version->cost) {
    if (version->layout.ok()) {
      form = servable::RowForm::Of(version->session->signature(), *version->layout);
    }
  }

  std::weak_ptr<const servable::Servable> servable;
  servable::CostEstimate cost;
  servable::RowForm form;
  Batch rows;                  // of OpenRows()
  std::vector<Batch> tensors;  // of SubmitTensors(), one per row form, or one per request
  std::unique_ptr<BatchData> spare;
  std::unique_ptr<runtime::RunControl> control;  // of runs on the reactor, used many times
  bool touched = false;
};

// A request that was not run, and is answered at the end of the tick.
struct Refused {
  Completion done;
  base::Error error;
};

// All of it belongs to the reactor's thread, except that executor threads put into `completions`.
struct InferenceLane::State {
  State(const Options& options_in, BatchExecutor& executor_in, const base::Clock& clock_in,
        base::InlineFunction<void(), 64> wake)
      : options(options_in),
        executor(executor_in),
        clock(clock_in),
        completions(std::make_shared<CompletionQueue>(std::move(wake))) {}

  LaneSlot& Touch(const servable::ServableHandle& servable);
  LaneSlot& AddSlot(const servable::ServableHandle& servable);
  LaneSlot* FindSlot(std::uint32_t id) { return id < slots.size() ? slots[id].get() : nullptr; }
  void Sweep();
  bool full() const { return in_flight >= options.max_concurrent_requests; }
  base::Error Full(const servable::Servable& servable);
  Batch& TensorBatch(LaneSlot& slot, const servable::ServableHandle& servable,
                     const std::vector<model::Tensor>& inputs);
  bool TooExpensive(const LaneSlot& slot, std::size_t rows) const;

  void RunSlot(LaneSlot& slot);
  void RunBatch(LaneSlot& slot, Batch& batch);
  bool RunInline(LaneSlot& slot, Batch& batch, const Group& group, base::Instant& now);
  void HandOver(Batch& batch, std::size_t from);
  void RefuseLate(Batch& batch, base::Duration wait);
  void RefuseFrom(Batch& batch, std::size_t from, const base::Error& error, Rejection reason);
  void Refuse(Completion done, base::Error error) {
    refused.push_back({std::move(done), std::move(error)});
  }
  void AnswerRefused();
  void Finish(BatchJob& job, std::vector<Completion>& done);
  void Answer(Completion& done, base::Result<InferAnswer> answer) {
    --in_flight;
    done(std::move(answer));
  }
  void Report(const servable::Servable& servable, RunPlace place, const RunSample& run) const {
    if (options.observer == nullptr) return;
    options.observer->OnRun({servable, place, run.rows, run.requests, run.queued, run.ran});
  }
  void Report(const servable::Servable& servable, Rejection reason, std::size_t requests) const {
    if (options.observer != nullptr) options.observer->OnRejected(servable, reason, requests);
  }

  const Options options;
  BatchExecutor& executor;
  const base::Clock& clock;
  const std::shared_ptr<CompletionQueue> completions;

  std::vector<std::unique_ptr<LaneSlot>> slots;  // by Servable::id
  std::vector<LaneSlot*> touched;                // with rows or tensors in this tick
  std::vector<LaneSlot*> ending;
  std::vector<Refused> refused;  // answered at the end of the tick
  std::unordered_map<std::uint64_t, std::vector<Completion>> outstanding;  // by ticket

  std::uint64_t next_ticket = 0;
  std::size_t in_flight = 0;
  std::optional<base::Instant> tick_start;  // when this tick first touched a model
  base::Instant next_sweep{};
  base::Duration spent{0};  // on inline runs in this tick
};

}  // namespace moorage::lane
