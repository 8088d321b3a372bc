#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::rows {

// The memory of one row: what a RowTarget points to, for whoever fills rows one at a time (golden
// requests, tests, the command line). The batcher has memory of its own. `layout` must outlive it.
class RowMemory {
 public:
  explicit RowMemory(const RowLayout& layout);

  RowMemory(RowMemory&&) = default;
  RowMemory& operator=(RowMemory&&) = default;

  RowTarget target() const { return {.inputs = targets_}; }
  // The row as a batch of one: a tensor for each input of the signature, its first dimension 1. An
  // optional input has no shape and no elements.
  std::vector<model::Tensor> Tensors(const model::Signature& signature) const;

 private:
  std::vector<std::vector<std::byte>> bytes_;
  std::vector<std::vector<std::string>> strings_;
  std::vector<RowTarget::Input> targets_;
};

}  // namespace moorage::rows
