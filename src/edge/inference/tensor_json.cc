#include "edge/inference/tensor_json.h"

#include <cmath>
#include <cstring>
#include <string>

namespace moorage::inference {

namespace {

using base::Code;
using base::Error;
using base::Status;
using model::DataType;

template <typename T>
T ValueAt(const model::TensorView& tensor, std::size_t index) {
  T value;
  // The bytes of a tensor need not be aligned for T.
  std::memcpy(&value, tensor.bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
Status WriteReal(T value, NonFinite policy, json::JsonOutput& json) {
  if (std::isfinite(value)) {
    json.Number(value);
    return {};
  }
  // JSON has no such numbers (RFC 8259, 6). The words are those that clients of the Open Inference
  // Protocol read and write.
  if (policy == NonFinite::kToken) {
    json.Raw(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    return {};
  }
  Error error{Code::kInternal, "the model answered with NaN or an infinity"};
  error.reason = "model_output_invalid";
  return error;
}

// Appends elements [from, to) as nested arrays of `shape`.
// Recursive, as deep as the rank of the tensor.
Status WriteNested(const model::TensorView& tensor, std::span<const std::int64_t> shape,
                   std::size_t from, std::size_t to, json::JsonOutput& json) {
  if (shape.empty()) return WriteElement(tensor, from, NonFinite::kRefuse, json);
  json.BeginArray();
  const auto count = static_cast<std::size_t>(shape.front());
  const std::size_t step = count == 0 ? 0 : (to - from) / count;
  for (std::size_t i = 0; i < count; ++i) {
    RETURN_IF_ERROR(
        WriteNested(tensor, shape.subspan(1), from + i * step, from + (i + 1) * step, json));
  }
  json.EndArray();
  return {};
}

}  // namespace

Status WriteElement(const model::TensorView& tensor, std::size_t index, NonFinite policy,
                    json::JsonOutput& json) {
  switch (tensor.type) {
    case DataType::kBool:
      json.Boolean(ValueAt<std::uint8_t>(tensor, index) != 0);
      return {};
    case DataType::kUint8:
      json.Unsigned(ValueAt<std::uint8_t>(tensor, index));
      return {};
    case DataType::kUint16:
      json.Unsigned(ValueAt<std::uint16_t>(tensor, index));
      return {};
    case DataType::kUint32:
      json.Unsigned(ValueAt<std::uint32_t>(tensor, index));
      return {};
    case DataType::kUint64:
      json.Unsigned(ValueAt<std::uint64_t>(tensor, index));
      return {};
    case DataType::kInt8:
      json.Integer(ValueAt<std::int8_t>(tensor, index));
      return {};
    case DataType::kInt16:
      json.Integer(ValueAt<std::int16_t>(tensor, index));
      return {};
    case DataType::kInt32:
      json.Integer(ValueAt<std::int32_t>(tensor, index));
      return {};
    case DataType::kInt64:
      json.Integer(ValueAt<std::int64_t>(tensor, index));
      return {};
    case DataType::kFp16:
      return WriteReal(model::HalfToFloat(ValueAt<std::uint16_t>(tensor, index)), policy, json);
    case DataType::kBf16:
      return WriteReal(model::BfloatToFloat(ValueAt<std::uint16_t>(tensor, index)), policy, json);
    case DataType::kFp32:
      return WriteReal(ValueAt<float>(tensor, index), policy, json);
    case DataType::kFp64:
      return WriteReal(ValueAt<double>(tensor, index), policy, json);
    case DataType::kBytes:
      json.String(tensor.strings[index]);
      return {};
  }
  return {};
}

Status WriteNamedOutputs(const lane::InferAnswer& answer, json::JsonOutput& json) {
  const auto& specs = answer.servable->manifest.signature.outputs;
  json.Key("outputs").BeginArray();
  const std::size_t objects = answer.whole ? 1 : answer.rows;
  for (std::size_t row = 0; row < objects; ++row) {
    json.BeginObject();
    for (std::size_t i = 0; i < answer.outputs.size(); ++i) {
      const model::TensorView& tensor = answer.outputs[i];
      json.Key(specs[i].name);
      if (answer.whole || tensor.shape.empty()) {
        RETURN_IF_ERROR(WriteNested(tensor, tensor.shape, 0, tensor.elements(), json));
        continue;
      }
      const auto rows = static_cast<std::size_t>(tensor.shape.front());
      const std::size_t step = rows == 0 ? 0 : tensor.elements() / rows;
      const std::size_t from = (answer.first_row + row) * step;
      // A row of one element is that element.
      const auto shape = step == 1 ? std::span<const std::int64_t>() : tensor.shape.subspan(1);
      RETURN_IF_ERROR(WriteNested(tensor, shape, from, from + step, json));
    }
    json.EndObject();
  }
  json.EndArray();
  return {};
}

}  // namespace moorage::inference
