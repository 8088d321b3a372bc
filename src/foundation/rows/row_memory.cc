#include "foundation/rows/row_memory.h"

namespace moorage::rows {

RowMemory::RowMemory(const RowLayout& layout) {
  for (std::size_t input = 0; input < layout.inputs(); ++input) {
    const bool strings = layout.type(input) == model::DataType::kBytes;
    bytes_.emplace_back(layout.row_bytes(input));
    strings_.emplace_back(strings ? layout.row_elements(input) : 0);
  }
  // Takes pointers once nothing grows any more.
  for (std::size_t input = 0; input < layout.inputs(); ++input) {
    targets_.push_back({.bytes = bytes_[input].data(), .strings = strings_[input].data()});
  }
}

std::vector<model::Tensor> RowMemory::Tensors(const model::Signature& signature) const {
  std::vector<model::Tensor> tensors;
  for (std::size_t input = 0; input < bytes_.size(); ++input) {
    const model::TensorSpec& spec = signature.inputs[input];
    model::Tensor tensor{
        .type = spec.type, .shape = {}, .bytes = bytes_[input], .strings = strings_[input]};
    // An empty shape leaves an optional input out. The first dimension of the others counts rows.
    if (!spec.optional) {
      tensor.shape = spec.shape;
      tensor.shape.front() = 1;
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace moorage::rows
