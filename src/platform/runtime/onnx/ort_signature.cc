#include "platform/runtime/onnx/ort_signature.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace moorage::runtime {
namespace {

using base::Code;
using base::Error;
using base::Result;
using model::DataType;
using model::TensorSpec;

std::string_view KindName(ONNXType type) {
  switch (type) {
    case ONNX_TYPE_SEQUENCE:
      return "a sequence of tensors";
    case ONNX_TYPE_MAP:
      return "a map";
    case ONNX_TYPE_OPTIONAL:
      return "an optional value";
    case ONNX_TYPE_SPARSETENSOR:
      return "a sparse tensor";
    default:
      return "of an unknown kind";
  }
}

Error UnsupportedKind(std::string_view side, const std::string& name, std::string_view kind) {
  return Error{Code::kUnsupported, std::string(side) + " '" + name + "' is " + std::string(kind) +
                                       ": only tensors and ZipMap outputs can be served"};
}

Result<TensorSpec> ReadTensor(std::string_view side, std::string name,
                              const Ort::ConstTensorTypeAndShapeInfo& info,
                              const OnnxOutline& outline) {
  TensorSpec spec;
  spec.name = std::move(name);
  const std::optional<DataType> type = FromOrt(info.GetElementType());
  if (!type) {
    return Error{Code::kUnsupported, std::string(side) + " '" + spec.name +
                                         "' has an element type that cannot be served (number " +
                                         std::to_string(info.GetElementType()) +
                                         " of ONNX's TensorProto.DataType)"};
  }
  spec.type = *type;
  spec.shape = info.GetShape();
  // The manifest has one spelling for any size.
  for (std::int64_t& size : spec.shape) {
    if (size < 0) size = -1;
  }
  // The library gives an empty shape for a scalar and for an undeclared one. The outline knows.
  spec.has_shape = !spec.shape.empty() || !outline.without_shape.contains(spec.name);
  return spec;
}

TensorSpec MapSequence(std::string name, std::int64_t columns, DataType key_type) {
  TensorSpec spec;
  spec.name = std::move(name);
  spec.type = DataType::kFp32;
  spec.shape = {-1, columns};
  spec.kind = model::ValueKind::kMapSequence;
  spec.key_type = key_type;
  return spec;
}

// sequence(map(int64 | string, float)), as ZipMap writes it.
Result<TensorSpec> ReadMapSequence(std::string name, const Ort::TypeInfo& info,
                                   const OnnxOutline& outline) {
  const auto element = info.GetSequenceTypeInfo().GetSequenceElementType();
  if (element.GetONNXType() != ONNX_TYPE_MAP) {
    return UnsupportedKind("output", name, KindName(ONNX_TYPE_SEQUENCE));
  }
  const auto map = element.GetMapTypeInfo();
  const std::optional<DataType> key = FromOrt(map.GetMapKeyType());
  const auto value = map.GetMapValueType();
  if ((key != DataType::kInt64 && key != DataType::kBytes) ||
      value.GetONNXType() != ONNX_TYPE_TENSOR ||
      value.GetTensorTypeAndShapeInfo().GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
    return UnsupportedKind("output", name, "a sequence of maps other than from label to float");
  }
  // The type of a map has no size. The keys of the ZipMap give the number of columns.
  std::int64_t columns = -1;
  const auto origin = outline.graph.outputs.find(name);
  if (origin != outline.graph.outputs.end() && origin->second.labels) {
    columns = static_cast<std::int64_t>(model::Count(*origin->second.labels));
  }
  return MapSequence(std::move(name), columns, *key);
}

// Pairs each dimension with the first one of its symbol, so all of one symbol are equal.
void NoteSymbols(const Ort::ConstTensorTypeAndShapeInfo& info, std::size_t input,
                 std::map<std::string, std::pair<std::size_t, std::size_t>>& seen,
                 std::vector<EqualDimensions>& equal) {
  std::vector<const char*> symbols(info.GetDimensionsCount());
  info.GetSymbolicDimensions(symbols.data(), symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const std::string symbol = symbols[i] == nullptr ? "" : symbols[i];
    if (symbol.empty()) continue;
    const auto [first, fresh] = seen.try_emplace(symbol, input, i);
    if (!fresh) equal.push_back({input, i, first->second.first, first->second.second});
  }
}

Result<TensorSpec> ReadOutput(const std::string& name, const Ort::TypeInfo& info,
                              const OnnxOutline& outline) {
  switch (info.GetONNXType()) {
    case ONNX_TYPE_TENSOR:
      return ReadTensor("output", name, info.GetTensorTypeAndShapeInfo(), outline);
    case ONNX_TYPE_SEQUENCE:
      return ReadMapSequence(name, info, outline);
    default:
      return UnsupportedKind("output", name, KindName(info.GetONNXType()));
  }
}

base::Status ReadInputs(const Ort::Session& session, const OnnxOutline& outline,
                        OrtSignature& read) {
  const Ort::AllocatorWithDefaultOptions allocator;
  std::map<std::string, std::pair<std::size_t, std::size_t>> symbols;
  const auto add = [&](const std::string& name, const Ort::TypeInfo& info) -> base::Status {
    if (info.GetONNXType() != ONNX_TYPE_TENSOR) {
      return UnsupportedKind("input", name, KindName(info.GetONNXType()));
    }
    const auto tensor = info.GetTensorTypeAndShapeInfo();
    ASSIGN_OR_RETURN(TensorSpec spec, ReadTensor("input", name, tensor, outline));
    NoteSymbols(tensor, read.signature.inputs.size(), symbols, read.equal);
    read.signature.inputs.push_back(std::move(spec));
    return {};
  };
  for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
    RETURN_IF_ERROR(
        add(session.GetInputNameAllocated(i, allocator).get(), session.GetInputTypeInfo(i)));
  }
  for (std::size_t i = 0; i < session.GetOverridableInitializerCount(); ++i) {
    RETURN_IF_ERROR(add(session.GetOverridableInitializerNameAllocated(i, allocator).get(),
                        session.GetOverridableInitializerTypeInfo(i)));
    read.signature.inputs.back().optional = true;
  }
  if (read.signature.inputs.empty()) {
    return Error{Code::kInvalid, "the graph has no inputs: a model that cannot be asked anything"};
  }
  return {};
}

}  // namespace

std::optional<DataType> FromOrt(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return DataType::kBool;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
      return DataType::kUint8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16:
      return DataType::kUint16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32:
      return DataType::kUint32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64:
      return DataType::kUint64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8:
      return DataType::kInt8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16:
      return DataType::kInt16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return DataType::kInt32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return DataType::kInt64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16:
      return DataType::kFp16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16:
      return DataType::kBf16;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
      return DataType::kFp32;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE:
      return DataType::kFp64;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING:
      return DataType::kBytes;
    default:
      return std::nullopt;
  }
}

ONNXTensorElementDataType ToOrt(DataType type) {
  switch (type) {
    case DataType::kBool:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL;
    case DataType::kUint8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    case DataType::kUint16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16;
    case DataType::kUint32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32;
    case DataType::kUint64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64;
    case DataType::kInt8:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
    case DataType::kInt16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16;
    case DataType::kInt32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
    case DataType::kInt64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
    case DataType::kFp16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    case DataType::kBf16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
    case DataType::kFp32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    case DataType::kFp64:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE;
    case DataType::kBytes:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

Result<OrtSignature> ReadOrtSignature(const Ort::Session& session, const OnnxOutline& outline,
                                      const std::map<std::string, ZipMapOutput>& lowered) {
  OrtSignature read;
  RETURN_IF_ERROR(ReadInputs(session, outline, read));
  const Ort::AllocatorWithDefaultOptions allocator;
  for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
    const std::string name = session.GetOutputNameAllocated(i, allocator).get();
    const auto zip = lowered.find(name);
    // Described as the maps that the graph has, so its manifest does not depend on the lowering.
    read.lowered.push_back(zip != lowered.end());
    if (zip != lowered.end()) {
      read.signature.outputs.push_back(
          MapSequence(name, static_cast<std::int64_t>(zip->second.labels), zip->second.key_type));
      continue;
    }
    ASSIGN_OR_RETURN(TensorSpec spec, ReadOutput(name, session.GetOutputTypeInfo(i), outline));
    read.signature.outputs.push_back(std::move(spec));
  }
  return read;
}

}  // namespace moorage::runtime
