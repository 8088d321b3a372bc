#pragma once

// Runs rows through a session in slices that its signature allows. Any thread, with buffers of its
// own.

#include <cstddef>
#include <span>
#include <string>

#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/error.h"
#include "foundation/base/result.h"
#include "platform/runtime/session.h"

namespace moorage::servable {

// How many rows one Session::Run may carry, as the signature has it.
struct RunRows {
  std::size_t most = 0;  // rows per run
  bool exact = false;    // a shorter run is filled up with rows of zeros
};
// `batch_size` where rows may share a run, else the fixed first dimension, else 1.
RunRows RowsPerRun(const Servable& servable, std::size_t batch_size);

// Runs the rows [first, first + rows) of `buffers` through the session, in as many runs as
// RowsPerRun() asks for, and returns outputs whose first dimension is `rows`. Where one run carries
// all the rows, they are returned as the session gave them, and FollowsRows() checks whether they
// fit. InvalidOutput() if the outputs of several runs cannot be joined.
base::Result<runtime::Outputs> RunOverRows(const Servable& servable, const RowBuffers& buffers,
                                           RowViews& scratch, std::size_t first, std::size_t rows,
                                           std::span<const std::size_t> wanted,
                                           std::size_t batch_size, runtime::RunControl* control);
// The same for a thread that has the buffers to itself.
inline base::Result<runtime::Outputs> RunOverRows(const Servable& servable, RowBuffers& buffers,
                                                  std::size_t first, std::size_t rows,
                                                  std::span<const std::size_t> wanted,
                                                  std::size_t batch_size,
                                                  runtime::RunControl* control) {
  return RunOverRows(servable, buffers, buffers.scratch(), first, rows, wanted, batch_size,
                     control);
}

// The error of a model whose outputs cannot be used. It is kInternal with the reason
// "model_output_invalid".
base::Error InvalidOutput(std::string message);

// True if the first dimension of every output is `rows`.
bool FollowsRows(std::span<const model::TensorView> outputs, std::size_t rows);

}  // namespace moorage::servable
