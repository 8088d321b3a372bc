#include "domain/serving/lane/batch.h"

#include <string>

#include "domain/serving/servable/row_run.h"
#include "foundation/base/units.h"

namespace moorage::lane {
namespace {

std::string InMilliseconds(base::Duration time) {
  return base::FormatDuration(std::chrono::duration_cast<std::chrono::milliseconds>(time));
}

}  // namespace

std::string ErrorPrefix(const servable::Servable* servable) {
  return servable == nullptr ? "predict: " : "predict " + servable->name.value() + ": ";
}

void BatchData::Clear() {
  rows.Clear();
  alone.clear();
  if (charge.bytes() > 0) charge.Release();
  pieces.clear();
  servable.reset();
}

std::size_t RowsOf(const BatchData& data) {
  const std::vector<model::TensorSpec>& inputs = data.servable->session->signature().inputs;
  for (std::size_t i = 0; i < data.alone.size() && i < inputs.size(); ++i) {
    if (!inputs[i].shape.empty() && inputs[i].shape.front() < 0 && !data.alone[i].shape.empty()) {
      return static_cast<std::size_t>(data.alone[i].shape.front());
    }
  }
  return 1;
}

bool Whole(const BatchData& data) { return !data.servable->batchable || !data.alone.empty(); }

std::span<const std::size_t> WantedOutputs(const BatchData& data) {
  if (!data.predictions || !data.servable->reader.ok()) return {};
  return data.servable->reader->needed_outputs();
}

Group NextGroup(const BatchData& data, std::size_t begin, std::size_t batch_size,
                base::Instant now) {
  const std::vector<Piece>& pieces = data.pieces;
  Group group{.begin = begin,
              .end = begin + 1,
              .first_row = pieces[begin].first_row,
              .rows = pieces[begin].rows,
              .expired = pieces[begin].deadline < now};
  // Greedy and in order: pieces lie one after the other in the batch, so a group of neighbours is
  // one range of rows that a run reads without a copy. Linear in the pieces.
  if (group.expired || !data.servable->batchable) return group;
  while (group.end < pieces.size()) {
    const Piece& next = pieces[group.end];
    if (group.rows + next.rows > batch_size || next.deadline < now) break;
    group.rows += next.rows;
    ++group.end;
  }
  return group;
}

base::Result<runtime::Outputs> RunPart(const BatchData& data, const servable::RowBuffers& buffers,
                                       servable::RowViews& scratch, std::size_t first_row,
                                       std::size_t rows, std::size_t batch_size,
                                       runtime::RunControl* control) {
  const servable::Servable& servable = *data.servable;
  if (!data.alone.empty()) {
    std::vector<model::TensorView> views;
    views.reserve(data.alone.size());
    for (const model::Tensor& tensor : data.alone) views.push_back(tensor.view());
    return servable.session->Run(views, WantedOutputs(data), control);
  }
  auto outputs = servable::RunOverRows(servable, buffers, scratch, first_row, rows,
                                       WantedOutputs(data), batch_size, control);
  // Each request reads its own rows of the outputs. With another number of rows it would read those
  // of another request, or beyond the end.
  if (outputs.ok() && servable.batchable && !servable::FollowsRows(outputs->tensors(), rows)) {
    return servable::InvalidOutput("predict " + servable.name.value() + ": the model answered " +
                                   std::to_string(rows) + " rows with another number of rows");
  }
  return outputs;
}

base::Error ExpiredBeforeRun(const servable::Servable* servable, base::Duration waited) {
  return {base::Code::kDeadline, ErrorPrefix(servable) +
                                     "the deadline passed before the run began, after " +
                                     InMilliseconds(waited) + " in the queue"};
}

base::Error ExpiredInRun(const servable::Servable* servable, base::Duration waited) {
  return {base::Code::kDeadline, ErrorPrefix(servable) +
                                     "the deadline passed during the run, after " +
                                     InMilliseconds(waited)};
}

}  // namespace moorage::lane
