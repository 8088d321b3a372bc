#include "foundation/model/row_memory.h"

namespace moorage::model {

RowMemory::RowMemory(const RowLayout& layout) {
  for (std::size_t input = 0; input < layout.inputs(); ++input) {
    const bool strings = layout.type(input) == DataType::kBytes;
    bytes_.emplace_back(layout.row_bytes(input));
    strings_.emplace_back(strings ? layout.row_elements(input) : 0);
  }
  for (std::size_t input = 0; input < layout.inputs(); ++input) {
    targets_.push_back({.bytes = bytes_[input].data(), .strings = strings_[input].data()});
  }
}

std::vector<Tensor> RowMemory::Tensors(const Signature& signature) const {
  std::vector<Tensor> tensors;
  for (std::size_t input = 0; input < bytes_.size(); ++input) {
    const TensorSpec& spec = signature.inputs[input];
    Tensor tensor{
        .type = spec.type, .shape = {}, .bytes = bytes_[input], .strings = strings_[input]};
    if (!spec.optional) {
      tensor.shape = spec.shape;
      tensor.shape.front() = 1;
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace moorage::model
