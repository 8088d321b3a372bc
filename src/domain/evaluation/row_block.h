#pragma once

// Rows in memory, and the batches that a session runs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foundation/model/signature.h"
#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::evaluation {

// Some rows of a block as the inputs of one run. Views into the block, or into itself where rows
// were padded. The block must not change, and must outlive it.
class RowBatch {
 public:
  std::span<const model::TensorView> inputs() const { return views_; }
  // The rows that were asked for. The tensors may have padding at their end.
  std::size_t rows() const { return rows_; }

 private:
  friend class RowBlock;

  std::size_t rows_ = 0;
  std::vector<model::Shape> shapes_;
  std::vector<model::Tensor> padded_;
  std::vector<model::TensorView> views_;
};

// Rows of features in the memory form that a session takes, with one buffer per input, row after
// row. For one thread.
class RowBlock {
 public:
  RowBlock(const rows::RowLayout& layout, const model::Signature& signature);

  std::size_t rows() const { return rows_; }
  // Set if the model takes exactly so many rows per run. Batches are then padded by repeating their
  // last row.
  std::optional<std::size_t> fixed_rows() const { return fixed_rows_; }

  // Adds a row of zeros and empty strings, and returns where to store it. Valid until the next
  // call.
  rows::RowTarget Append();

  // Rows [first, first + count). `count` is at least 1 and at most fixed_rows(), where that is set.
  RowBatch Batch(std::size_t first, std::size_t count) const;

 private:
  struct Input {
    model::DataType type = model::DataType::kFp32;
    model::Shape shape;        // of the signature
    std::size_t elements = 0;  // per row, 0 for an optional input that is left out
    std::size_t bytes = 0;     // per row
    std::vector<std::byte> data;
    std::vector<std::string> strings;
  };

  static void Pad(const Input& input, std::size_t rows, model::Tensor& tensor);

  std::size_t rows_ = 0;
  std::optional<std::size_t> fixed_rows_;
  std::vector<Input> inputs_;
  std::vector<rows::RowTarget::Input> target_;
};

}  // namespace moorage::evaluation
