#pragma once

// The requests that share a run: what a lane gathers in a tick, and what the executor takes over. A
// batch belongs to the lane's thread. While the executor has it, any thread reads it.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "domain/serving/lane/admission.h"
#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "foundation/model/tensor.h"
#include "platform/runtime/session.h"

namespace moorage::lane {

// One request's rows inside a batch.
struct Piece {
  std::size_t first_row = 0;
  std::size_t rows = 0;
  base::Instant deadline = base::Instant::max();
  base::Instant submitted{};
  std::uint64_t client = 0;
  std::uint64_t ticket = 0;  // 0 if it is never cancelled
  double weight = 1;         // rows of the probe that one of its rows costs
};

// The rows of the probe that so many rows cost.
inline std::size_t UnitsOf(std::size_t rows, double weight) {
  return weight <= 1 ? rows
                     : static_cast<std::size_t>(std::ceil(static_cast<double>(rows) * weight));
}

// The part of a batch that a run needs. Requests on the executor share it, and read it only.
struct BatchData {
  explicit BatchData(servable::RowForm form, base::MemoryBudget* memory = nullptr)
      : rows(std::move(form), memory) {
    if (memory != nullptr) charge = base::MemoryCharge(*memory, base::MemoryPurpose::kRows);
  }

  servable::ServableHandle servable;  // the lease, empty while nothing is gathered
  servable::RowBuffers rows;
  std::vector<model::Tensor> alone;  // the tensors of one request that is run by itself
  base::MemoryCharge charge;         // of the tensors alone, and of text in the rows
  bool predictions = false;          // true if only the outputs that the reader needs are wanted
  std::vector<Piece> pieces;         // by first_row

  // Makes it ready for the next tick. The memory is kept, the lease is released.
  void Clear();
};

// The requests that one lane gathers for one run, or a few. The completions never leave the lane.
class Batch {
 public:
  Batch() = default;
  explicit Batch(std::shared_ptr<BatchData> data_in) : data(std::move(data_in)) {}

  bool empty() const { return data == nullptr || data->pieces.empty(); }

  std::shared_ptr<BatchData> data;        // null until first needed, and after a hand-over
  std::vector<Completion> done;           // one per piece
  std::size_t open_from = 0;              // first row of the open RowSet
  std::size_t max_rows = 0;               // per request
  Admission::Account* account = nullptr;  // of the lane
};

// The rows of a batch that holds one request alone. That is its first dimension where the model has
// a variable one, else 1.
std::size_t RowsOf(const BatchData& data);

// True if the outputs of a run of this batch belong to its one request as a whole.
bool Whole(const BatchData& data);

// The outputs that a batch asks its session for. Empty means all.
std::span<const std::size_t> WantedOutputs(const BatchData& data);

// The consecutive pieces [begin, end) that go into one run. They hold at most `batch_size` rows, or
// are one piece. Where requests must not share a run a group is one piece. A piece that is past its
// deadline ends the group, and is a group of its own.
struct Group {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t first_row = 0;
  std::size_t rows = 0;
  bool expired = false;

  std::size_t requests() const { return end - begin; }
};
Group NextGroup(const BatchData& data, std::size_t begin, std::size_t batch_size,
                base::Instant now);

// Runs a part of a batch, which is the tensors that are alone or the rows of `range`. The range
// is of the batch's own rows, or of those that rows of several batches were merged into. More than
// `batch_size` rows are run in slices. InvalidOutput() if a model whose rows may share a run does
// not answer row by row.
base::Result<runtime::Outputs> RunPart(const BatchData& data, const servable::RowBuffers& buffers,
                                       servable::RowViews& views, std::size_t first_row,
                                       std::size_t rows, std::size_t batch_size,
                                       runtime::RunControl* control);

// How errors of a model begin. Work may have none.
std::string ErrorPrefix(const servable::Servable* servable);

// The answers to a request whose deadline passed, before its run or during it. Work may have no
// model.
base::Error ExpiredBeforeRun(const servable::Servable* servable, base::Duration waited);
base::Error ExpiredInRun(const servable::Servable* servable, base::Duration waited);

}  // namespace moorage::lane
