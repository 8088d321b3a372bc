#pragma once

// Memory for one row. For one thread.

#include <cstddef>
#include <string>
#include <vector>

#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::rows {

// The memory of one row, which a RowTarget points to. For callers that fill one row at a time, such
// as golden requests and tests. The batcher has memory of its own. `layout` must outlive it.
class RowMemory {
 public:
  explicit RowMemory(const RowLayout& layout);

  RowMemory(RowMemory&&) = default;
  RowMemory& operator=(RowMemory&&) = default;

  RowTarget target() const { return {.inputs = targets_}; }
  // The row as a batch of one. It has a tensor for each input of the signature, its first dimension
  // 1. An optional input has no shape and no elements.
  std::vector<model::Tensor> Tensors(const model::Signature& signature) const;

 private:
  std::vector<std::vector<std::byte>> bytes_;
  std::vector<std::vector<std::string>> strings_;
  std::vector<RowTarget::Input> targets_;
};

}  // namespace moorage::rows
