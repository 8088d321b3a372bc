#pragma once

// Reads an ONNX file without a library, to check it before a library does.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "platform/runtime/graph_info.h"

namespace moorage::runtime {

// What must be known of an ONNX file before a runtime may see it.
struct OnnxOutline {
  GraphInfo graph;
  std::int64_t ir_version = 0;
  // Files that initializers or constants refer to, at any depth of the graph.
  std::set<std::string> external_files;
  // Names of inputs and outputs for which the graph declares no shape (a scalar has an empty one).
  std::set<std::string> without_shape;
};

// Reads the outline from the wire form of a ModelProto (onnx.proto of the ONNX specification).
// Pure. Takes time in proportion to the number of nodes, not of weights. kInvalid for bytes that
// are cut off, damaged, without a graph, or nested deeper than 100 messages (the limit of Protocol
// Buffers).
base::Result<OnnxOutline> ReadOnnxOutline(std::string_view bytes);

}  // namespace moorage::runtime
