#include "foundation/model/tensor.h"

#include <cstring>

namespace moorage::model {

namespace {

template <typename T>
T ElementAt(const TensorView& tensor, std::size_t index) {
  // Copies, because a view may begin at any address.
  T value;
  std::memcpy(&value, tensor.bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

std::string FormatShape(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) {
    if (text.size() > 1) text.push_back(',');
    text += std::to_string(size);
  }
  return text + "]";
}

base::Result<std::size_t> ElementCount(std::span<const std::int64_t> shape) {
  constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 40;
  // A size of 0 is found before the product, which the other sizes could take beyond the bound.
  bool empty = false;
  for (const std::int64_t size : shape) {
    if (size < 0) {
      return base::Error{base::Code::kInvalid,
                         "shape " + FormatShape(shape) + ": a size is negative"};
    }
    empty = empty || size == 0;
  }
  if (empty) return std::size_t{0};
  std::uint64_t count = 1;
  for (const std::int64_t size : shape) {
    // Divides, because the product may not fit 64 bits.
    if (static_cast<std::uint64_t>(size) > kMaxElements / count) {
      return base::Error{base::Code::kInvalid,
                         "shape " + FormatShape(shape) + ": more than 2^40 elements"};
    }
    count *= static_cast<std::uint64_t>(size);
  }
  return static_cast<std::size_t>(count);
}

double NumberAt(const TensorView& tensor, std::size_t index) {
  switch (tensor.type) {
    case DataType::kBool:
      return ElementAt<std::uint8_t>(tensor, index) != 0 ? 1.0 : 0.0;
    case DataType::kUint8:
      return ElementAt<std::uint8_t>(tensor, index);
    case DataType::kUint16:
      return ElementAt<std::uint16_t>(tensor, index);
    case DataType::kUint32:
      return ElementAt<std::uint32_t>(tensor, index);
    case DataType::kUint64:
      return static_cast<double>(ElementAt<std::uint64_t>(tensor, index));
    case DataType::kInt8:
      return ElementAt<std::int8_t>(tensor, index);
    case DataType::kInt16:
      return ElementAt<std::int16_t>(tensor, index);
    case DataType::kInt32:
      return ElementAt<std::int32_t>(tensor, index);
    case DataType::kInt64:
      return static_cast<double>(ElementAt<std::int64_t>(tensor, index));
    case DataType::kFp16:
      return HalfToFloat(ElementAt<std::uint16_t>(tensor, index));
    case DataType::kBf16:
      return BfloatToFloat(ElementAt<std::uint16_t>(tensor, index));
    case DataType::kFp32:
      return ElementAt<float>(tensor, index);
    case DataType::kFp64:
      return ElementAt<double>(tensor, index);
    case DataType::kBytes:
      break;
  }
  return 0.0;  // strings have no number
}

}  // namespace moorage::model
