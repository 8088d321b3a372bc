#pragma once

// The inputs and outputs of a model. Plain values.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/model/tensor.h"

namespace moorage::model {

// What the graph makes of one name. A session returns a sequence of maps (scikit-learn's ZipMap) as
// a dense tensor of its values, [N, C]. Only the signature records that it was one.
enum class ValueKind : std::uint8_t { kTensor, kMapSequence };

// One named input or output.
struct TensorSpec {
  std::string name;
  DataType type = DataType::kFp32;  // of the map's values where kind is kMapSequence
  Shape shape;                      // -1 is variable, empty is a scalar if has_shape
  bool has_shape = true;            // false if the graph does not declare it
  bool optional = false;            // an input with a default (an overridable initializer)
  ValueKind kind = ValueKind::kTensor;
  DataType key_type = DataType::kInt64;  // of kMapSequence, kInt64 or kBytes

  bool operator==(const TensorSpec&) const = default;
};

// The named inputs and outputs of a model, in the graph's order. Names are unique on each side.
struct Signature {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;

  std::optional<std::size_t> FindInput(std::string_view name) const;
  std::optional<std::size_t> FindOutput(std::string_view name) const;

  // True if every required input and every output has a variable first dimension, so that rows of
  // several requests may run together. An output without a declared shape counts as fixed.
  bool batchable() const;

  bool operator==(const Signature&) const = default;
};

}  // namespace moorage::model
