#pragma once

// Reads the signature of a graph that ONNX Runtime has loaded.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/datatype.h"
#include "foundation/model/signature.h"
#include "platform/runtime/onnx/onnx_outline.h"
#include "platform/runtime/onnx/ort.h"
#include "platform/runtime/onnx/zip_map.h"

namespace moorage::runtime {

// Nothing for types that no protocol carries (complex numbers, 4-bit and 8-bit floats, ...).
std::optional<model::DataType> FromOrt(ONNXTensorElementDataType type);
ONNXTensorElementDataType ToOrt(model::DataType type);

// Two dimensions of inputs with one name in the graph ("batch"). Their sizes must be equal.
struct EqualDimensions {
  std::size_t input = 0;
  std::size_t dimension = 0;
  std::size_t other_input = 0;
  std::size_t other_dimension = 0;
};

struct OrtSignature {
  model::Signature signature;
  // By output. True if a kMapSequence of the signature is a tensor for the library already.
  std::vector<bool> lowered;
  std::vector<EqualDimensions> equal;
};

// Reads inputs and outputs of a loaded graph. Required inputs come before those with a default.
// Outputs in `lowered` are described as the maps that they were. kUnsupported names an input or
// output of a kind or type that no protocol carries. kInvalid if there are no inputs. Throws
// Ort::Exception.
base::Result<OrtSignature> ReadOrtSignature(const Ort::Session& session, const OnnxOutline& outline,
                                            const std::map<std::string, ZipMapOutput>& lowered);

}  // namespace moorage::runtime
