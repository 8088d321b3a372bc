#include "domain/serving/servable/row_run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foundation/base/memory_budget.h"
#include "foundation/base/units.h"

namespace moorage::servable {
namespace {

// Outputs of several runs, one after the other.
class JoinedOutputs : public runtime::Outputs::Storage {
 public:
  // What they hold is charged to `budget`, which may be null.
  explicit JoinedOutputs(base::MemoryBudget* budget) : budget_(budget) {
    if (budget != nullptr) charge_ = base::MemoryCharge(*budget, base::MemoryPurpose::kAnswers);
  }

  // Appends the first `rows` rows of every output.
  base::Status Append(std::span<const model::TensorView> outputs, std::size_t rows) {
    if (tensors_.empty()) Start(outputs);
    for (std::size_t i = 0; i < outputs.size(); ++i) RETURN_IF_ERROR(Append(i, outputs[i], rows));
    rows_ += rows;
    return {};
  }

  std::vector<model::TensorView> Finish() {
    std::vector<model::TensorView> views;
    for (model::Tensor& tensor : tensors_) {
      tensor.shape.front() = static_cast<std::int64_t>(rows_);
      views.push_back(tensor.view());
    }
    return views;
  }

 private:
  void Start(std::span<const model::TensorView> outputs) {
    for (const model::TensorView& output : outputs) {
      model::Tensor tensor;
      tensor.type = output.type;
      tensor.shape.assign(output.shape.begin(), output.shape.end());
      if (tensor.shape.empty()) tensor.shape = {1};
      tensors_.push_back(std::move(tensor));
    }
  }

  base::Status Append(std::size_t index, const model::TensorView& output, std::size_t rows) {
    model::Tensor& tensor = tensors_[index];
    const std::span<const std::int64_t> shape = output.shape;
    // A model that takes one row a run may answer a scalar. It counts as one row.
    const auto carried = static_cast<std::size_t>(shape.empty() ? 1 : shape.front());
    const bool same_rows = std::ranges::equal(shape.empty() ? shape : shape.subspan(1),
                                              std::span(tensor.shape).subspan(1));
    if (carried < rows || !same_rows || output.type != tensor.type) {
      return InvalidOutput("the model's output " + std::to_string(index) + " has shape " +
                           model::FormatShape(shape) + " where " + std::to_string(rows) +
                           " rows were run");
    }
    // The run may have been filled up with rows of zeros. Their outputs are behind those of the
    // request.
    const std::size_t elements = output.elements() / std::max<std::size_t>(carried, 1) * rows;
    if (output.type == model::DataType::kBytes) {
      const auto taken = output.strings.first(elements);
      std::size_t bytes = elements * sizeof(std::string);
      for (const std::string& text : taken) bytes += text.size();
      RETURN_IF_ERROR(Hold(bytes));
      tensor.strings.insert(tensor.strings.end(), taken.begin(), taken.end());
    } else {
      const auto taken = output.bytes.first(elements * model::ElementSize(output.type));
      RETURN_IF_ERROR(Hold(taken.size()));
      tensor.bytes.insert(tensor.bytes.end(), taken.begin(), taken.end());
    }
    return {};
  }

  // Charges so many bytes more, doubled as the tensors grow.
  base::Status Hold(std::size_t bytes) {
    held_ += bytes;
    if (held_ <= charge_.bytes() || charge_.Resize(2 * held_).ok() || charge_.Resize(held_).ok()) {
      return {};
    }
    // What no free memory could hold need not be asked for again.
    if (held_ <= budget_->most()) {
      return base::Error{base::Code::kUnavailable, "the answer holds " + base::FormatBytes(held_) +
                                                       ", more memory than is left"};
    }
    return base::Error{base::Code::kInvalid, "the answer holds " + base::FormatBytes(held_) +
                                                 ", more than server.memory (" +
                                                 base::FormatBytes(budget_->limit()) +
                                                 ") leaves for it"};
  }

  base::MemoryBudget* const budget_;
  base::MemoryCharge charge_;
  std::size_t held_ = 0;
  std::vector<model::Tensor> tensors_;
  std::size_t rows_ = 0;
};

// Runs a slice that is shorter than the model takes, filled up with rows of zeros.
base::Result<runtime::Outputs> RunFilledUp(const Servable& servable, const RowBuffers& buffers,
                                           std::size_t first, std::size_t rows, std::size_t exact,
                                           std::span<const std::size_t> wanted,
                                           runtime::RunControl* control) {
  RowBuffers filled(buffers.form());
  filled.Append(buffers, first, rows);
  while (filled.rows() < exact) filled.AddZero();
  return servable.session->Run(filled.Views(0, exact), wanted, control);
}

}  // namespace

RunRows RowsPerRun(const Servable& servable, std::size_t batch_size) {
  if (servable.batchable) return {.most = batch_size};
  std::optional<std::int64_t> fixed;
  for (const model::TensorSpec& input : servable.session->signature().inputs) {
    if (!input.shape.empty() && input.shape.front() > 1) fixed = input.shape.front();
  }
  if (fixed) return {.most = static_cast<std::size_t>(*fixed), .exact = true};
  return {.most = 1};
}

base::Result<runtime::Outputs> RunOverRows(const Servable& servable, const RowBuffers& buffers,
                                           RowViews& scratch, std::size_t first, std::size_t rows,
                                           std::span<const std::size_t> wanted,
                                           std::size_t batch_size, runtime::RunControl* control) {
  const RunRows limit = RowsPerRun(servable, batch_size);
  // The usual request fits one run, whose outputs are passed on without a copy.
  if (rows == limit.most || (rows < limit.most && !limit.exact)) {
    return servable.session->Run(scratch.Of(buffers, first, rows), wanted, control);
  }
  auto joined = std::make_unique<JoinedOutputs>(buffers.budget());
  for (std::size_t done = 0; done < rows;) {
    const std::size_t slice = std::min(limit.most, rows - done);
    auto outputs =
        slice < limit.most && limit.exact
            ? RunFilledUp(servable, buffers, first + done, slice, limit.most, wanted, control)
            : servable.session->Run(scratch.Of(buffers, first + done, slice), wanted, control);
    if (!outputs.ok()) return std::move(outputs).error();
    RETURN_IF_ERROR(joined->Append(outputs->tensors(), slice));
    done += slice;
  }
  std::vector<model::TensorView> views = joined->Finish();
  return runtime::Outputs(std::move(views), std::move(joined));
}

base::Error InvalidOutput(std::string message) {
  return {base::Code::kInternal, std::move(message), {}, "model_output_invalid"};
}

bool FollowsRows(std::span<const model::TensorView> outputs, std::size_t rows) {
  return std::ranges::all_of(outputs, [rows](const model::TensorView& output) {
    return !output.shape.empty() && output.shape.front() == static_cast<std::int64_t>(rows);
  });
}

}  // namespace moorage::servable
