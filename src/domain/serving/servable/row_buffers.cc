#include "domain/serving/servable/row_buffers.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <utility>

namespace moorage::servable {
namespace {

constexpr std::size_t kFirstRows = 32;
constexpr std::size_t kFirstBytes = std::size_t{64} << 10;
// Below this size a block is never given back.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;
// Above this size it is given back at once.
constexpr std::size_t kMostKeptBytes = std::size_t{4} << 20;
// A string that grew beyond this gives its memory back when the rows are cleared.
constexpr std::size_t kKeptString = 4096;
// The strings of one input keep at most so much together.
constexpr std::size_t kKeptText = std::size_t{256} << 10;

model::Shape WithRows(std::span<const std::int64_t> shape, std::size_t rows) {
  model::Shape result(shape.begin(), shape.end());
  if (!result.empty()) result.front() = static_cast<std::int64_t>(rows);
  return result;
}

std::size_t RowBytes(const RowForm& form) {
  // Begins at 1, because it is a divisor and a model may have no inputs.
  std::size_t bytes = 1;
  for (const RowForm::Input& input : form.inputs) {
    bytes += input.bytes != 0 ? input.bytes : input.elements * sizeof(std::string);
  }
  return bytes;
}

}  // namespace

RowForm RowForm::Of(const model::Signature& signature, const rows::RowLayout& layout) {
  RowForm form;
  for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
    const model::TensorSpec& spec = signature.inputs[i];
    Input input{.type = spec.type};
    const std::size_t elements = i < layout.inputs() ? layout.row_elements(i) : 0;
    if (elements != 0) {
      input.shape = WithRows(spec.shape, 1);
      input.elements = elements;
      input.bytes = elements * model::ElementSize(spec.type);
    }
    form.inputs.push_back(std::move(input));
  }
  return form;
}

std::optional<RowForm> RowForm::Of(std::span<const model::Tensor> tensors) {
  RowForm form;
  std::optional<std::int64_t> rows;
  for (const model::Tensor& tensor : tensors) {
    Input input{.type = tensor.type};
    const model::TensorView view = tensor.view();
    const bool left_out = view.shape.empty() && view.bytes.empty() && view.strings.empty();
    if (!left_out) {
      if (view.shape.empty() || view.shape.front() <= 0) return std::nullopt;
      if (rows.value_or(view.shape.front()) != view.shape.front()) return std::nullopt;
      rows = view.shape.front();
      input.shape = WithRows(view.shape, 1);
      input.elements = view.elements() / static_cast<std::size_t>(*rows);
      input.bytes = input.elements * model::ElementSize(tensor.type);
      // Its bytes would be 0, which means BYTES or an input that is left out.
      if (input.elements == 0) return std::nullopt;
    }
    form.inputs.push_back(std::move(input));
  }
  if (!rows) return std::nullopt;
  return form;
}

RowViews::RowViews(const RowForm& form) {
  for (const RowForm::Input& input : form.inputs) {
    shapes_.push_back(input.shape);
    views_.emplace_back().type = input.type;
  }
}

std::span<const model::TensorView> RowViews::Of(const RowBuffers& buffers, std::size_t first,
                                                std::size_t rows) {
  assert(first + rows <= buffers.rows_);
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const RowForm::Input& input = buffers.form_.inputs[i];
    const RowBuffers::Block& block = buffers.blocks_[i];
    // The session takes the empty view for an optional input that is left out.
    if (input.shape.empty()) continue;
    shapes_[i].front() = static_cast<std::int64_t>(rows);
    views_[i].shape = shapes_[i];
    if (input.bytes != 0) {
      views_[i].bytes = {block.bytes.get() + first * input.bytes, rows * input.bytes};
    } else {
      views_[i].strings = {block.strings.data() + first * input.elements, rows * input.elements};
    }
  }
  return views_;
}

RowBuffers::RowBuffers(RowForm form, base::MemoryBudget* budget)
    : form_(std::move(form)),
      row_bytes_(RowBytes(form_)),
      first_capacity_(std::clamp<std::size_t>(kFirstBytes / row_bytes_, 1, kFirstRows)),
      has_text_(std::ranges::any_of(
          form_.inputs,
          [](const RowForm::Input& input) { return input.bytes == 0 && input.elements != 0; })),
      blocks_(form_.inputs.size()),
      targets_(form_.inputs.size()),
      scratch_(form_),
      budget_(budget) {
  if (budget != nullptr) charge_ = base::MemoryCharge(*budget, base::MemoryPurpose::kRows);
}

std::size_t RowBuffers::TextBytes(std::size_t first, std::size_t rows) const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < blocks_.size() && has_text_; ++i) {
    const RowForm::Input& input = form_.inputs[i];
    if (input.bytes != 0) continue;
    const std::span<const std::string> texts(blocks_[i].strings.data() + first * input.elements,
                                             rows * input.elements);
    for (const std::string& text : texts) bytes += text.capacity();
  }
  return bytes;
}

void RowBuffers::AddZero() {
  const rows::RowTarget row = Add();
  for (std::size_t i = 0; i < row.inputs.size(); ++i) {
    const RowForm::Input& input = form_.inputs[i];
    if (input.bytes != 0) {
      std::memset(row.inputs[i].bytes, 0, input.bytes);
    } else if (input.elements != 0) {
      for (std::string& text : std::span(row.inputs[i].strings, input.elements)) text.clear();
    }
  }
}

void RowBuffers::Append(const RowBuffers& other, std::size_t first, std::size_t rows) {
  MustGrow(rows);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const RowForm::Input& input = form_.inputs[i];
    if (input.bytes != 0) {
      std::memcpy(blocks_[i].bytes.get() + rows_ * input.bytes,
                  other.blocks_[i].bytes.get() + first * input.bytes, rows * input.bytes);
    } else if (input.elements != 0) {
      std::copy_n(other.blocks_[i].strings.data() + first * input.elements, rows * input.elements,
                  blocks_[i].strings.data() + rows_ * input.elements);
    }
  }
  rows_ += rows;
}

void RowBuffers::Append(std::vector<model::Tensor> tensors) {
  std::size_t rows = 0;
  for (const model::Tensor& tensor : tensors) {
    if (!tensor.shape.empty()) rows = static_cast<std::size_t>(tensor.shape.front());
  }
  MustGrow(rows);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const RowForm::Input& input = form_.inputs[i];
    if (input.bytes != 0) {
      std::memcpy(blocks_[i].bytes.get() + rows_ * input.bytes, tensors[i].bytes.data(),
                  rows * input.bytes);
    } else if (input.elements != 0) {
      std::move(tensors[i].strings.begin(), tensors[i].strings.end(),
                blocks_[i].strings.data() + rows_ * input.elements);
    }
  }
  rows_ += rows;
}

void RowBuffers::Clear() {
  written_ = std::max(written_, rows_);
  ReleaseText();
  written_ = 0;
  // A maximum that decays by 1/16 a batch. The factor 4 is hysteresis, so that a load that varies
  // does not allocate again and again.
  peak_ = std::max(rows_, peak_ - peak_ / 16);
  // Requests that fill so much are rare, and decoding them costs more than the allocation. No later
  // batch may come to let the maximum decay.
  if (capacity_ * row_bytes_ > kMostKeptBytes) peak_ = 0;
  rows_ = 0;
  if (capacity_ / 4 > peak_ && capacity_ * row_bytes_ > kKeptBytes) {
    Resize(std::max(peak_, first_capacity_));
    // A charge may always shrink.
    (void)charge_.Resize(capacity_ * row_bytes_);
  }
}

// Releases long strings, and all of them where many short ones hold much together. Those of refused
// requests count as those of a run, because a version may be asked nothing else for days.
void RowBuffers::ReleaseText() {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (form_.inputs[i].bytes != 0) continue;
    const std::span<std::string> used(blocks_[i].strings.data(),
                                      written_ * form_.inputs[i].elements);
    std::size_t kept = 0;
    for (std::string& text : used) {
      if (text.capacity() > kKeptString || kept + text.capacity() > kKeptText) {
        std::string().swap(text);
      }
      kept += text.capacity();
    }
  }
}

base::Status RowBuffers::Reserve(std::size_t rows) {
  const std::size_t roomy = std::max({rows, capacity_ * 2, first_capacity_});
  // Doubling saves copies. Where the budget is short of it, a little more than needed
  // is tried, then what is needed.
  for (const std::size_t capacity : {roomy, rows + rows / 8, rows}) {
    base::Status charged = charge_.Resize(capacity * row_bytes_);
    if (charged.ok()) {
      Resize(capacity);
      return {};
    }
    if (capacity == rows) return charged;
  }
  return {};
}

// For callers that have no budget, or have asked it.
void RowBuffers::Insist(std::size_t rows) {
  if (!Reserve(rows).ok()) std::abort();
}

void RowBuffers::Resize(std::size_t capacity) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const RowForm::Input& input = form_.inputs[i];
    if (input.bytes != 0) {
      std::unique_ptr<std::byte, AlignedDelete> grown(
          static_cast<std::byte*>(::operator new(capacity * input.bytes, kAlignment)));
      if (rows_ != 0) std::memcpy(grown.get(), blocks_[i].bytes.get(), rows_ * input.bytes);
      blocks_[i].bytes = std::move(grown);
    } else if (input.elements != 0) {
      blocks_[i].strings.resize(capacity * input.elements);
      if (capacity < capacity_) blocks_[i].strings.shrink_to_fit();
    }
  }
  capacity_ = capacity;
}

}  // namespace moorage::servable
