#pragma once

#include <cstddef>
#include <functional>

#include "domain/evaluation/row_block.h"
#include "foundation/base/result.h"
#include "foundation/rows/prediction.h"
#include "platform/runtime/session.h"

namespace moorage::evaluation {

// Hears the answer to one row, in ascending order of rows, counted from 0. A row whose answer is no
// valid prediction (NaN, a label outside the labels) brings the error; the other rows still come.
// An error returned ends the scoring. The prediction's views are valid during the call only.
using AnswerSink =
    std::function<base::Status(std::size_t row, const base::Result<rows::Prediction>& answer)>;

// Hears after every run how many rows are done.
using ScoreProgress = std::function<void(std::size_t done, std::size_t total)>;

struct ScoreOptions {
  std::size_t batch_size = 256;  // rows per run; a model with a fixed first dimension has its own
  ScoreProgress progress = {};   // may be empty
};

// Runs all rows of the block and hands every answer to `sink`: what validation and batch prediction
// are made of. Fails if a run fails; the message says which rows it was about.
base::Status ScoreRows(const runtime::Session& session, const rows::PredictionReader& reader,
                       const RowBlock& rows, const ScoreOptions& options, const AnswerSink& sink);

}  // namespace moorage::evaluation
