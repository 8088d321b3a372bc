#pragma once

// Removes ZipMap nodes from a model before it is loaded. Pure functions.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/model/datatype.h"

namespace moorage::runtime {

// What a ZipMap output was before it was lowered.
struct ZipMapOutput {
  model::DataType key_type = model::DataType::kInt64;  // or kBytes
  std::size_t labels = 0;
};

// A model whose ZipMap outputs have become plain tensors.
struct LoweredModel {
  std::string bytes;
  std::map<std::string, ZipMapOutput> outputs;  // by name, never empty
};

// Replaces ZipMap nodes that only feed graph outputs by Identity. The output has the same numbers
// in the same order, without one map per row, which would cost more than the model itself. Only
// nodes whose labels ascend are lowered, because a map orders its keys. Nothing if there is nothing
// to lower or the graph is not understood. The model then runs as it is. Pure. ReadOnnxOutline()
// must have accepted the bytes.
std::optional<LoweredModel> LowerZipMaps(std::string_view model);

}  // namespace moorage::runtime
