#include "domain/evaluation/row_block.h"

#include <algorithm>
#include <utility>

namespace moorage::evaluation {

RowBlock::RowBlock(const rows::RowLayout& layout, const model::Signature& signature)
    : target_(layout.inputs()) {
  for (std::size_t i = 0; i < layout.inputs(); ++i) {
    const model::TensorSpec& spec = signature.inputs[i];
    Input input{.type = layout.type(i),
                .shape = spec.shape,
                .elements = layout.row_elements(i),
                .bytes = layout.row_bytes(i),
                .data = {},
                .strings = {}};
    if (input.elements > 0 && !spec.shape.empty() && spec.shape[0] > 0) {
      fixed_rows_ = static_cast<std::size_t>(spec.shape[0]);
    }
    inputs_.push_back(std::move(input));
  }
}

rows::RowTarget RowBlock::Append() {
  ++rows_;
  // A buffer moves when it grows, so the place of the row is taken anew in every input.
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    Input& input = inputs_[i];
    if (input.type == model::DataType::kBytes) {
      input.strings.resize(rows_ * input.elements);
      target_[i].strings = input.strings.data() + (rows_ - 1) * input.elements;
    } else {
      input.data.resize(rows_ * input.bytes);
      target_[i].bytes = input.data.data() + (rows_ - 1) * input.bytes;
    }
  }
  return {target_};
}

RowBatch RowBlock::Batch(std::size_t first, std::size_t count) const {
  const std::size_t run_rows = fixed_rows_.value_or(count);
  RowBatch batch;
  batch.rows_ = count;
  // The views point into both vectors, so these have their final size before the first view is
  // taken.
  batch.shapes_.resize(inputs_.size());
  batch.padded_.resize(run_rows > count ? inputs_.size() : 0);
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Input& input = inputs_[i];
    // An optional input that is left out keeps its place, because the session takes inputs in the
    // order of the signature.
    if (input.elements == 0) {
      batch.views_.push_back({.type = input.type, .shape = {}, .bytes = {}, .strings = {}});
      continue;
    }
    batch.shapes_[i] = input.shape;
    batch.shapes_[i][0] = static_cast<std::int64_t>(run_rows);
    model::TensorView view{
        .type = input.type, .shape = batch.shapes_[i], .bytes = {}, .strings = {}};
    if (input.type == model::DataType::kBytes) {
      view.strings =
          std::span(input.strings).subspan(first * input.elements, count * input.elements);
    } else {
      view.bytes = std::span(input.data).subspan(first * input.bytes, count * input.bytes);
    }
    if (run_rows > count) {
      model::Tensor& tensor = batch.padded_[i];
      tensor.bytes.assign(view.bytes.begin(), view.bytes.end());
      tensor.strings.assign(view.strings.begin(), view.strings.end());
      Pad(input, run_rows, tensor);
      view.bytes = tensor.bytes;
      view.strings = tensor.strings;
    }
    batch.views_.push_back(view);
  }
  return batch;
}

// The last row is repeated, because it is a legal input of the model. A row of zeros may not be
// one.
void RowBlock::Pad(const Input& input, std::size_t rows, model::Tensor& tensor) {
  const std::size_t bytes = tensor.bytes.size();
  tensor.bytes.resize(rows * input.bytes);
  for (std::size_t i = bytes; i < tensor.bytes.size(); ++i) {
    tensor.bytes[i] = tensor.bytes[i - input.bytes];
  }
  const bool text = input.type == model::DataType::kBytes;
  const std::size_t strings = tensor.strings.size();
  tensor.strings.resize(text ? rows * input.elements : 0);
  for (std::size_t i = strings; i < tensor.strings.size(); ++i) {
    tensor.strings[i] = tensor.strings[i - input.elements];
  }
}

}  // namespace moorage::evaluation
