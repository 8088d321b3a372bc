#pragma once

// Rows of one form, gathered in memory that a run takes as it is. One thread at a time.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "foundation/model/signature.h"
#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::servable {

// The type, shape and size of one row in every input. Rows of equal form may share a run. A form
// only sizes memory and compares rows, and tensors of any model have one. rows::RowLayout maps the
// named features of a row to elements of that memory, and not every model has a layout.
struct RowForm {
  struct Input {
    model::DataType type = model::DataType::kFp32;
    model::Shape shape = {};   // [1, ...], or empty where an optional input is left out
    std::size_t elements = 0;  // of one row
    std::size_t bytes = 0;     // of one row, 0 for BYTES

    bool operator==(const Input&) const = default;
  };
  std::vector<Input> inputs;

  // The rows that `layout` fills.
  static RowForm Of(const model::Signature& signature, const rows::RowLayout& layout);
  // The rows of these tensors. Nothing if their first dimensions differ or one has none.
  static std::optional<RowForm> Of(std::span<const model::Tensor> tensors);

  bool operator==(const RowForm&) const = default;
};

class RowBuffers;

// The rows of a buffer as input tensors. It holds the memory behind the views, so a thread that
// reads buffers together with others has one of its own.
class RowViews {
 public:
  explicit RowViews(const RowForm& form);

  // The rows [first, first + rows). Valid until the next call, or until the buffers change.
  std::span<const model::TensorView> Of(const RowBuffers& buffers, std::size_t first,
                                        std::size_t rows);

 private:
  std::vector<model::Shape> shapes_;
  std::vector<model::TensorView> views_;
};

// Rows of one form, gathered per input in one contiguous block that starts on a cache line, so that
// any consecutive rows are the input tensors of a run as they lie there. Memory is kept when it is
// cleared. It is charged to the budget before it is taken.
class RowBuffers {
 public:
  // Without a budget every size is granted.
  explicit RowBuffers(RowForm form, base::MemoryBudget* budget = nullptr);
  RowBuffers(const RowBuffers&) = delete;
  RowBuffers& operator=(const RowBuffers&) = delete;

  const RowForm& form() const { return form_; }
  // May be null.
  base::MemoryBudget* budget() const { return budget_; }
  std::size_t rows() const { return rows_; }
  std::size_t capacity() const { return capacity_; }

  // The memory that the strings of these rows hold beside their place in the rows. No budget is
  // charged for it here, because a string is stored after its row was added.
  std::size_t TextBytes(std::size_t first, std::size_t rows) const;
  bool has_text() const { return has_text_; }

  // Makes room for so many more rows. kExhausted, and nothing changes, if the budget has not enough
  // left.
  base::Status Grow(std::size_t rows) {
    return rows <= capacity_ - rows_ ? base::Status() : Reserve(rows_ + rows);
  }
  // One more row, its dense elements undefined and its strings whatever they were. The memory stays
  // put until the next row is added or the rows are cleared. Under a budget, Grow() comes before
  // it.
  rows::RowTarget Add() {
    MustGrow(1);
    Point(rows_++);
    return {targets_};
  }
  // One more row of zeros and empty strings.
  void AddZero();
  // Copies rows of the same form. Under a budget, Grow() comes before it.
  void Append(const RowBuffers& other, std::size_t first, std::size_t rows);
  // Copies dense tensors and moves strings. RowForm::Of(tensors) must equal form(). Under a budget,
  // Grow() comes before it.
  void Append(std::vector<model::Tensor> tensors);
  // Forgets all rows but the first `rows`. Their strings keep their memory until Clear().
  void Truncate(std::size_t rows) {
    written_ = std::max(written_, rows_);
    rows_ = rows;
  }
  // Forgets all rows, and returns memory that has not been needed for a while.
  void Clear();

  // The rows [first, first + rows) as input tensors. Valid until the next call of any member.
  std::span<const model::TensorView> Views(std::size_t first, std::size_t rows) {
    return scratch_.Of(*this, first, rows);
  }
  // Of the one thread that has the buffers to itself.
  RowViews& scratch() { return scratch_; }

 private:
  friend class RowViews;
  struct AlignedDelete {
    void operator()(std::byte* block) const { ::operator delete(block, kAlignment); }
  };
  struct Block {
    std::unique_ptr<std::byte, AlignedDelete> bytes;
    std::vector<std::string> strings;
  };
  static constexpr std::align_val_t kAlignment{64};

  void Point(std::size_t row) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const RowForm::Input& input = form_.inputs[i];
      if (input.bytes != 0) {
        targets_[i].bytes = blocks_[i].bytes.get() + row * input.bytes;
      } else if (input.elements != 0) {
        targets_[i].strings = blocks_[i].strings.data() + row * input.elements;
      }
    }
  }
  void MustGrow(std::size_t rows) {
    if (rows > capacity_ - rows_) Insist(rows_ + rows);
  }
  void Insist(std::size_t rows);
  base::Status Reserve(std::size_t rows);
  void Resize(std::size_t capacity);
  void ReleaseText();

  const RowForm form_;
  const std::size_t row_bytes_;  // of all inputs
  const std::size_t first_capacity_;
  const bool has_text_;
  std::vector<Block> blocks_;
  std::vector<rows::RowTarget::Input> targets_;
  RowViews scratch_;
  base::MemoryBudget* const budget_;
  base::MemoryCharge charge_;
  std::size_t rows_ = 0;
  std::size_t written_ = 0;  // rows whose strings may hold text since Clear(), beside the present
  std::size_t capacity_ = 0;
  std::size_t peak_ = 0;  // rows of the largest of the last batches, fading
};

}  // namespace moorage::servable
