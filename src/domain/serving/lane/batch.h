#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "domain/serving/lane/inference_lane.h"
#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
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
};

// What a run needs of a batch: this part may travel to another thread.
struct BatchData {
  explicit BatchData(servable::RowForm form) : rows(std::move(form)) {}

  servable::ServableHandle servable;  // the lease; empty while nothing is gathered
  servable::RowBuffers rows;
  std::vector<model::Tensor> alone;  // not empty: one request whose tensors are run as they are
  bool predictions = false;          // the wanted outputs: what the reader needs, or all
  std::vector<Piece> pieces;         // by first_row

  // Ready for the next tick: memory stays, the lease goes.
  void Clear();
};

// The requests that one lane gathers for one run, or a few. The completions never leave the lane.
class Batch {
 public:
  Batch() = default;
  explicit Batch(std::unique_ptr<BatchData> data_in) : data(std::move(data_in)) {}

  bool empty() const { return data == nullptr || data->pieces.empty(); }

  std::unique_ptr<BatchData> data;  // null until first needed, and after a hand-over
  std::vector<Completion> done;     // one per piece
  std::size_t open_from = 0;        // first row of the open RowSet
  std::size_t max_rows = 0;         // per request
};

// The rows of a batch that holds one request alone: the first dimension where the model has a
// variable one, else 1.
std::size_t RowsOf(const BatchData& data);

// True if the outputs of a run of this batch belong to its one request as a whole.
bool Whole(const BatchData& data);

// The outputs that a batch asks its session for; empty means all.
std::span<const std::size_t> WantedOutputs(const BatchData& data);

// The consecutive pieces [begin, end) that go into the run which starts with `begin`: at most
// `batch_size` rows, or one piece; just the one where requests must not share a run. A piece that
// is past its deadline ends the group, and is a group of its own.
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

// Runs a part of a batch: the tensors that are alone, or `rows` rows of `buffers` (the batch's own,
// or one that others' rows were merged into), in slices where they are more than `batch_size`.
// InvalidOutput() if a model whose rows may share a run does not answer row by row.
base::Result<runtime::Outputs> RunPart(const BatchData& data, servable::RowBuffers& buffers,
                                       std::size_t first_row, std::size_t rows,
                                       std::size_t batch_size, runtime::RunControl* control);

// The answer to a request that was not run.
base::Error ExpiredBeforeRun(const servable::Servable& servable, base::Duration waited);

}  // namespace moorage::lane
