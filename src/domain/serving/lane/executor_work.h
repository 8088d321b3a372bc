#pragma once

// Work of another room on a thread of the executor, such as a large body that is decoded, run and
// rendered there. It waits in the same fair queue as runs, counts as one request in flight, and is
// answered once, on the reactor that asked.
//
//   auto shared = std::make_shared<LargeCall>(exchange->TakeBody());
//   lane.SubmitWork(
//       servable, {.deadline = context.deadline, .client = client, .ticket = ticket}, cost,
//       [shared](lane::WorkRun& run) { return shared->DecodeRunAndRender(run); },  // elsewhere
//       [shared, exchange = std::move(exchange)](const base::Result<lane::InferAnswer>& done) {
//         if (!done.ok()) return exchange->Fail(done.error());  // the work may still be running
//         exchange->Send({.body = shared->text()});             // the work is over
//       });

#include <cstddef>
#include <span>

#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/inline_function.h"
#include "foundation/base/result.h"
#include "foundation/model/tensor.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

// What work may use while it is on its thread. That thread only.
class WorkRun {
 public:
  virtual ~WorkRun() = default;

  // Returns kCancelled, kDeadline or kUnavailable once no client waits for the result. Work asks
  // between two slices of about 1 ms, and returns the error.
  virtual base::Status Wanted() const = 0;

  // Run the model of the work, in as many runs as its batch size needs. They end early, with the
  // error of Wanted(), once no client waits. `wanted` are indices of outputs, or empty for all.
  virtual base::Result<runtime::Outputs> RunRows(servable::RowBuffers& rows,
                                                 std::span<const std::size_t> wanted) = 0;
  virtual base::Result<runtime::Outputs> RunTensors(std::span<const model::TensorView> inputs,
                                                    std::span<const std::size_t> wanted) = 0;
};

// Called at most once, on a thread of the executor. What it captures may be destroyed there. Its
// error is the answer.
using WorkFunction = base::InlineFunction<base::Status(WorkRun&), 96>;
}  // namespace moorage::lane
