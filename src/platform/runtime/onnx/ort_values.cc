#include "platform/runtime/onnx/ort_values.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "platform/runtime/onnx/ort_signature.h"

namespace moorage::runtime {
namespace {

using base::Code;
using base::Error;

// True if the keys of a map equal those of the first row, which sets them.
bool SameKeys(Ort::ConstValue keys, model::DataType type, std::size_t row,
              std::vector<std::int64_t>& ints, std::vector<std::string>& strings) {
  if (type == model::DataType::kBytes) {
    std::vector<std::string> these = ReadStrings(keys);
    if (row > 0) return these == strings;
    strings = std::move(these);
    return true;
  }
  const std::span<const std::int64_t> these(keys.GetTensorData<std::int64_t>(),
                                            keys.GetTensorTypeAndShapeInfo().GetElementCount());
  if (row == 0) ints.assign(these.begin(), these.end());
  return row == 0 || std::ranges::equal(these, ints);
}

}  // namespace

Ort::Value MakeOrtValue(const model::TensorView& tensor, const Ort::MemoryInfo& memory) {
  if (tensor.type != model::DataType::kBytes) {
    // The library's interface has no input over constant memory, but it does not write to inputs.
    void* data = const_cast<std::byte*>(tensor.bytes.data());  // NOLINT(*-const-cast)
    return Ort::Value::CreateTensor(memory, data, tensor.bytes.size(), tensor.shape.data(),
                                    tensor.shape.size(), ToOrt(tensor.type));
  }
  const Ort::AllocatorWithDefaultOptions allocator;
  Ort::Value value = Ort::Value::CreateTensor(allocator, tensor.shape.data(), tensor.shape.size(),
                                              ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING);
  for (std::size_t i = 0; i < tensor.strings.size(); ++i) {
    const std::string& text = tensor.strings[i];
    char* to = value.GetResizedStringTensorElementBuffer(i, text.size());
    std::ranges::copy(text, to);
  }
  return value;
}

std::size_t BytesOfStrings(Ort::ConstValue tensor) {
  return tensor.GetTensorTypeAndShapeInfo().GetElementCount() * sizeof(std::string) +
         tensor.GetStringTensorDataLength();
}

std::vector<std::string> ReadStrings(Ort::ConstValue tensor) {
  const std::size_t count = tensor.GetTensorTypeAndShapeInfo().GetElementCount();
  const std::size_t size = tensor.GetStringTensorDataLength();
  std::string all(size, '\0');
  std::vector<std::size_t> starts(count);
  if (count > 0) tensor.GetStringTensorContent(all.data(), size, starts.data(), count);
  // The library gives the starts only. The last text ends with all of them.
  starts.push_back(size);
  std::vector<std::string> strings;
  strings.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    strings.push_back(all.substr(starts[i], starts[i + 1] - starts[i]));
  }
  return strings;
}

base::Result<DenseMaps> ReadMaps(Ort::ConstValue sequence, model::DataType key_type) {
  const Ort::AllocatorWithDefaultOptions allocator;
  const std::size_t rows = sequence.GetCount();
  DenseMaps dense;
  std::vector<std::int64_t> ints;
  std::vector<std::string> strings;
  std::size_t columns = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const Ort::Value map = sequence.GetValue(static_cast<int>(row), allocator);
    // A map gives its keys in ascending order, and its values in the order of the keys.
    const Ort::Value keys = map.GetValue(0, allocator);
    const Ort::Value values = map.GetValue(1, allocator);
    if (!SameKeys(keys.GetConst(), key_type, row, ints, strings)) {
      return Error{Code::kInternal, "the model answered maps whose keys differ from row to row"};
    }
    const std::span<const float> numbers(values.GetTensorData<float>(),
                                         values.GetTensorTypeAndShapeInfo().GetElementCount());
    // The first row fixes the columns. SameKeys() holds the others to it.
    if (row == 0) {
      columns = numbers.size();
      dense.values.reserve(rows * columns);
    }
    dense.values.insert(dense.values.end(), numbers.begin(), numbers.end());
  }
  dense.shape = {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)};
  return dense;
}

}  // namespace moorage::runtime
