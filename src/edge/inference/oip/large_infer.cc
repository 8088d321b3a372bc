#include "edge/inference/oip/large_infer.h"

#include <optional>
#include <utility>
#include <vector>

#include "domain/serving/servable/row_buffers.h"
#include "edge/inference/oip/oip_answer.h"

namespace moorage::inference {

namespace {

using base::Result;
using base::Status;

// The tensors as rows, or nothing where they cannot be run in slices of rows.
std::optional<servable::RowForm> RowsOf(const servable::Servable& model,
                                        const std::vector<model::Tensor>& inputs) {
  if (!model.batchable) return std::nullopt;
  return servable::RowForm::Of(inputs);
}

std::size_t FirstDimension(const std::vector<model::Tensor>& inputs) {
  for (const model::Tensor& input : inputs) {
    if (!input.shape.empty()) return static_cast<std::size_t>(input.shape.front());
  }
  return 1;
}

}  // namespace

Status LargeInfer::CheckTimeout(const OipRequest& request) const {
  const base::Instant deadline = DeadlineOf(start_, request.parameters.timeout);
  if (origin().clock.Monotonic() <= deadline) return {};
  return base::Error{base::Code::kDeadline, "predict " + servable()->name.value() +
                                                ": the timeout of the request is over"};
}

Status LargeInfer::Answer(lane::WorkRun& run) {
  base::MemoryCharge charge;
  if (origin().memory != nullptr) {
    charge = base::MemoryCharge(*origin().memory, base::MemoryPurpose::kRows);
  }
  ASSIGN_OR_RETURN(OipRequest request, DecodeOipRequest(body(), *servable(), std::move(charge)));
  ForgetBody();
  RETURN_IF_ERROR(CheckTimeout(request));
  RETURN_IF_ERROR(run.Wanted());
  rows_ = FirstDimension(request.inputs);
  const servable::Servable& model = *servable();
  if (auto form = RowsOf(model, request.inputs)) {
    servable::RowBuffers rows(*std::move(form), origin().memory);
    RETURN_IF_ERROR(rows.Grow(rows_));
    rows.Append(std::exchange(request.inputs, {}));
    request.charge.Release();
    ASSIGN_OR_RETURN(const runtime::Outputs outputs, run.RunRows(rows, {}));
    RETURN_IF_ERROR(CheckRows(model, outputs, rows_));
    return Write(request, outputs, RowsIn::kOutputs);
  }
  std::vector<model::TensorView> views;
  views.reserve(request.inputs.size());
  for (const model::Tensor& input : request.inputs) views.push_back(input.view());
  ASSIGN_OR_RETURN(const runtime::Outputs outputs, run.RunTensors(views, {}));
  return Write(request, outputs, RowsIn::kNowhere);
}

Status LargeInfer::Write(const OipRequest& request, const runtime::Outputs& outputs, RowsIn rows) {
  RETURN_IF_ERROR(CheckTimeout(request));
  return WriteOipAnswer(request,
                        {.servable = servable().get(),
                         .outputs = outputs.tensors(),
                         .rows = rows_,
                         .whole = rows == RowsIn::kNowhere},
                        json_, this);
}

}  // namespace moorage::inference
