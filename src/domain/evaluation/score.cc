#include "domain/evaluation/score.h"

#include <algorithm>
#include <memory>
#include <string>

namespace moorage::evaluation {

base::Status ScoreRows(const runtime::Session& session, const rows::PredictionReader& reader,
                       const RowBlock& rows, const ScoreOptions& options, const AnswerSink& sink) {
  // A model with a fixed first dimension takes no other batch. A size of 0 would never end the
  // loop.
  const std::size_t size = rows.fixed_rows().value_or(std::max<std::size_t>(options.batch_size, 1));
  rows::PredictionReader::Scratch scratch;
  const std::unique_ptr<runtime::RunControl> control = session.MakeControl();
  const auto stop = options.cancel.WhenCancelled([&control] { control->Terminate(); });
  for (std::size_t first = 0; first < rows.rows(); first += size) {
    const std::size_t count = std::min(size, rows.rows() - first);
    RETURN_IF_ERROR(options.cancel.Check());
    const RowBatch batch = rows.Batch(first, count);
    auto outputs = session.Run(batch.inputs(), reader.needed_outputs(), control.get());
    if (!outputs.ok()) {
      RETURN_IF_ERROR(options.cancel.Check());
      return base::Annotate(
          "rows " + std::to_string(first + 1) + " to " + std::to_string(first + count),
          std::move(outputs).error());
    }
    for (std::size_t row = 0; row < count; ++row) {
      RETURN_IF_ERROR(sink(first + row, reader.Read(outputs->tensors(), row, scratch)));
    }
    if (options.progress) options.progress(first + count, rows.rows());
  }
  return {};
}

}  // namespace moorage::evaluation
