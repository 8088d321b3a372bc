#include "edge/inference/simple/large_predict.h"

#include "domain/serving/servable/row_buffers.h"
#include "domain/serving/servable/row_run.h"
#include "edge/inference/simple/feature_decoder.h"

namespace moorage::inference {

namespace {

using base::Result;
using base::Status;

// Rows of a large request, in memory of their own.
class WorkRows : public RowSink {
 public:
  WorkRows(const lane::WorkRun& run, const servable::Servable& servable, servable::RowBuffers& rows,
           std::size_t most)
      : run_(run), servable_(servable), rows_(rows), most_(most) {}

  Result<rows::RowTarget> AddRow() override {
    constexpr std::size_t kSlice = 256;
    if (rows_.rows() % kSlice == 0) RETURN_IF_ERROR(run_.Wanted());
    if (rows_.rows() == most_) return lane::InferenceLane::TooManyRows(servable_, most_);
    RETURN_IF_ERROR(rows_.Grow(1));
    return rows_.Add();
  }

 private:
  const lane::WorkRun& run_;
  const servable::Servable& servable_;
  servable::RowBuffers& rows_;
  const std::size_t most_;
};

}  // namespace

Status LargePredict::Answer(lane::WorkRun& run) {
  const servable::Servable& model = *servable();
  servable::RowBuffers rows(servable::RowForm::Of(model.session->signature(), *model.layout),
                            origin().memory);
  WorkRows sink(run, model, rows, max_rows_);
  FeatureDecoder decoder;
  RETURN_IF_ERROR(form_ == PredictionForm::kV2 ? decoder.DecodeMany(body(), *model.layout, sink)
                                               : decoder.DecodeOne(body(), *model.layout, sink));
  ForgetBody();
  rows_ = rows.rows();
  ASSIGN_OR_RETURN(const runtime::Outputs outputs,
                   run.RunRows(rows, model.reader.ok() ? model.reader->needed_outputs()
                                                       : std::span<const std::size_t>()));
  RETURN_IF_ERROR(CheckRows(model, outputs, rows_));
  PredictionWriter writer;
  return writer.Write(
      {.form = form_,
       .request_id = origin().request_id,
       .now = origin().clock.Now(),
       .watch = this},
      {.servable = &model, .outputs = outputs.tensors(), .rows = rows_, .whole = !model.batchable},
      json_);
}

}  // namespace moorage::inference
