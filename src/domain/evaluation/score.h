#pragma once

// Runs rows through a session batch by batch. Runs in the thread of the caller.

#include <cstddef>
#include <functional>

#include "domain/evaluation/row_block.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "foundation/rows/prediction.h"
#include "platform/runtime/session.h"

namespace moorage::evaluation {

// Called with the answer to each row, in ascending order, counted from 0. The answer is an error if
// it is no valid prediction (NaN, an unknown label). The other rows still follow. A returned error
// ends the scoring. The prediction's views are valid during the call only.
using AnswerSink =
    std::function<base::Status(std::size_t row, const base::Result<rows::Prediction>& answer)>;

// Called after every run with the number of rows that are done.
using ScoreProgress = std::function<void(std::size_t done, std::size_t total)>;

struct ScoreOptions {
  std::size_t batch_size = 256;   // rows per run, unless the first dimension of the model is fixed
  ScoreProgress progress = {};    // may be empty
  base::CancelToken cancel = {};  // asked before every run, and ends a run that lasts
};

// Runs all rows of the block and passes every answer to `sink`. Validation and batch prediction use
// it. Fails if a run fails, and the message names the rows. The error of the token once it is
// cancelled.
base::Status ScoreRows(const runtime::Session& session, const rows::PredictionReader& reader,
                       const RowBlock& rows, const ScoreOptions& options, const AnswerSink& sink);

}  // namespace moorage::evaluation
