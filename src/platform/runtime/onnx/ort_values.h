#pragma once

// Conversions between tensor views and values of ONNX Runtime.

#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/tensor.h"
#include "platform/runtime/onnx/ort.h"

namespace moorage::runtime {

// A value over the caller's memory, which must outlive it. Strings are copied. Throws
// Ort::Exception.
Ort::Value MakeOrtValue(const model::TensorView& tensor, const Ort::MemoryInfo& memory);

// What the elements of a string tensor take. Throws Ort::Exception.
std::size_t BytesOfStrings(Ort::ConstValue tensor);
// The elements of a string tensor. Throws Ort::Exception.
std::vector<std::string> ReadStrings(Ort::ConstValue tensor);

// The values of a sequence of maps, row by row, columns in ascending order of the keys. kInternal
// if the rows do not have the same keys. Throws Ort::Exception.
struct DenseMaps {
  model::Shape shape;  // [N, C]
  std::vector<float> values;
};
base::Result<DenseMaps> ReadMaps(Ort::ConstValue sequence, model::DataType key_type);

}  // namespace moorage::runtime
