#pragma once

// Shapes, and tensors that are owned or viewed. Plain values.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/datatype.h"

namespace moorage::model {

// Sizes of the dimensions, outermost first. In a signature -1 means any size.
using Shape = std::vector<std::int64_t>;

// "[-1,30]"
std::string FormatShape(std::span<const std::int64_t> shape);
// The number of elements. kInvalid for a negative size or a product above 2^40.
base::Result<std::size_t> ElementCount(std::span<const std::int64_t> shape);

// A view of a tensor that is row-major, contiguous and in native byte order. `bytes` holds the
// elements of every type but kBytes, `strings` those of kBytes.
struct TensorView {
  DataType type = DataType::kFp32;
  std::span<const std::int64_t> shape;
  std::span<const std::byte> bytes;
  std::span<const std::string> strings;

  std::size_t elements() const {
    return type == DataType::kBytes ? strings.size() : bytes.size() / ElementSize(type);
  }
};

// The element `index` as a double (any numeric type or bool). INT64 and UINT64 beyond 2^53 round.
// `index` must be below elements(). Returns 0 for BYTES.
double NumberAt(const TensorView& tensor, std::size_t index);

// A tensor that owns its elements. `bytes` is aligned for every element type.
struct Tensor {
  DataType type = DataType::kFp32;
  Shape shape;
  std::vector<std::byte> bytes;
  std::vector<std::string> strings;

  TensorView view() const { return {type, shape, bytes, strings}; }
};

}  // namespace moorage::model
