#pragma once

// One reactor's entry point to the models. Everything but wake-ups from executor threads happens on
// the reactor's thread, so nothing here locks on the hot path.
//
//   tick: Collect() .. for each request { Resolve, OpenRows, decode, Submit } .. EndTick()
//
// EndTick() runs what the tick submitted, batch by batch. A run of small predicted cost happens
// inline. Any other goes to the executor, and its answers arrive through Collect() in a later tick.
// A run that fails for several requests is repeated request by request, so that one bad request
// fails alone. A lane holds a lease of a version only while it holds rows or tensors for it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "domain/serving/lane/executor_work.h"
#include "domain/serving/lane/lane_observer.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/inline_function.h"
#include "foundation/base/result.h"
#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::lane {

class Admission;      // places of all lanes
class Batch;          // open rows of one servable, private to the lane
class BatchExecutor;  // threads for models that are too expensive for a reactor

// What a request gets back, which is its rows inside the outputs of the run that carried them.
// Valid only during the completion call.
struct InferAnswer {
  const servable::Servable* servable = nullptr;
  // For rows they are the outputs that the reader needs, or all where there is no reader. For
  // tensors they are every output of the signature.
  std::span<const model::TensorView> outputs;
  // This request's rows are [first_row, first_row + rows) of dimension 0.
  std::size_t first_row = 0;
  std::size_t rows = 0;
  // The outputs are of this request alone, and first_row and rows do not matter.
  bool whole = false;
  std::size_t batch_rows = 0;
  base::Duration queued{0};  // from the tick of the submission to the start of the run
  base::Duration ran{0};     // the run, shared by the batch
  // The lease of `servable`, for a completion that keeps it longer. Null if the work had no model.
  const servable::ServableHandle* lease = nullptr;
};

// Called exactly once, on the lane's reactor thread, from EndTick() or Collect(). The destructor of
// the lane calls it with kUnavailable. It should only read the answer and send it. What it submits
// waits for the next tick, which the lane asks for by `wake`.
using Completion = base::InlineFunction<void(base::Result<InferAnswer>), 96>;

// Rows of one request while they are being decoded, straight into the batch that will run them.
// Move only. Destroying it without Submit() takes its rows out of the batch again. At most one
// RowSet of a lane is open at a time, and within one tick. The caller decodes, submits, then opens
// the next.
class RowSet {
 public:
  RowSet(RowSet&& other) noexcept : batch_(std::exchange(other.batch_, nullptr)) {}
  RowSet& operator=(RowSet&&) = delete;
  ~RowSet() {
    if (batch_ != nullptr) Abandon();
  }

  // Adds a row. Its memory stays in place until the next Add(), Submit() or destruction. Its
  // content is undefined, so the caller stores every feature. kInvalid beyond the bound of rows per
  // request.
  base::Result<rows::RowTarget> Add();
  std::size_t rows() const;
  const servable::Servable& servable() const;

 private:
  friend class InferenceLane;
  explicit RowSet(Batch& batch) : batch_(&batch) {}
  void Abandon();

  Batch* batch_;  // null once moved from
};

// What a request brings along.
struct SubmitOptions {
  base::Instant deadline = base::Instant::max();
  // Who asks. Clients share the executor fairly, and none holds all places. 0 is unknown, which is
  // a client without a bound.
  std::uint64_t client = 0;
  // The name for Cancel(), from NewTicket(). 0 if the request is never cancelled.
  std::uint64_t ticket = 0;
  // The work is the rest of a request whose completion is being called. It keeps the place of that
  // request, so it is refused neither for want of a place nor for a predicted wait.
  bool is_rest = false;
};

class InferenceLane {
 public:
  struct Options {
    std::size_t batch_size = 32;  // rows per run, a larger request is run in slices
    std::size_t max_rows_per_request = 65536;
    // How many requests may be in flight, together with other lanes. Outlives the lane. Without one
    // the lane is alone, with the bound below.
    Admission* admission = nullptr;
    std::size_t max_concurrent_requests = 100;
    // A run that costs more goes to the executor.
    base::Duration inline_run{std::chrono::microseconds(150)};
    // Runs of one tick that cost more together go to the executor.
    base::Duration inline_tick{std::chrono::microseconds(250)};
    // May be null. Outlives the lane.
    LaneObserver* observer = nullptr;
  };

  // `wake` is called from executor threads and from the reactor's own. It must make the reactor
  // call Collect() and EndTick() in its next tick, and must not call the lane itself. It may be
  // called more often than needed. The executor outlives the lane.
  InferenceLane(const Options& options, BatchExecutor& executor, const base::Clock& clock,
                base::InlineFunction<void(), 64> wake);
  ~InferenceLane();
  InferenceLane(const InferenceLane&) = delete;
  InferenceLane& operator=(const InferenceLane&) = delete;

  // Opens rows of features for `servable`. kExhausted if the lane is full, and then the caller
  // answers 429 or 503 with Retry-After. The layout's error if the model takes tensors only.
  // It holds a place until the rows are answered or destroyed.
  base::Result<RowSet> OpenRows(const servable::ServableHandle& servable);
  // A request without rows is answered kInvalid.
  void Submit(RowSet rows, const SubmitOptions& options, Completion done);

  // Submits whole tensors, one per input of the signature in its order. The caller has checked them
  // against it. An optional input that is left out has no shape and no elements. Requests whose
  // rows are alike share a run where the model allows it. A full lane answers kExhausted.
  void SubmitTensors(const servable::ServableHandle& servable, std::vector<model::Tensor> inputs,
                     const SubmitOptions& options, Completion done);

  // Gives work to the executor, in the turn of `servable`, which may be null. `cost` is what it
  // will probably take. The answer of work that has succeeded holds its times and no outputs. An
  // error may come while the work still runs. A full lane answers kExhausted.
  void SubmitWork(const servable::ServableHandle& servable, const SubmitOptions& options,
                  base::Duration cost, WorkFunction work, Completion done);

  // A name for a request that is about to be submitted.
  std::uint64_t NewTicket();
  // The client of this request has gone. What waits for the executor is dropped, and a run that no
  // other client wants is terminated. The request is answered kCancelled at the end of the tick. A
  // request that is answered already is no error.
  void Cancel(std::uint64_t ticket);

  // Runs what this tick gathered. Completions of inline runs are called before it returns.
  void EndTick();
  // Calls the completions of what the executor has finished.
  void Collect();
  // EndTick() answers kDeadline to what waits for the executor and is late. The owner makes a tick
  // at this time, or max() if nothing has a deadline.
  base::Instant NextDeadline() const;

  // The bound of rows in one request, and the error of one that has more.
  std::size_t max_rows_per_request() const;
  static base::Error TooManyRows(const servable::Servable& servable, std::size_t most);

  // Requests submitted and not answered yet.
  std::size_t in_flight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::lane
