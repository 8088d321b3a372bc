#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/model/tensor.h"

namespace moorage::model {

// What the graph makes of one name. Sequences of maps (scikit-learn's ZipMap) are a dense tensor of
// their values, [N, C], once a session has run: only the signature remembers what they were.
enum class ValueKind : std::uint8_t { kTensor, kMapSequence };

// One named input or output.
struct TensorSpec {
  std::string name;
  DataType type = DataType::kFp32;  // of the map's values where kind is kMapSequence
  Shape shape;                      // -1 = variable; empty = scalar, unless !has_shape
  bool has_shape = true;            // false: the graph does not say
  bool optional = false;            // an input with a default (an overridable initializer)
  ValueKind kind = ValueKind::kTensor;
  DataType key_type = DataType::kInt64;  // kMapSequence: kInt64 or kBytes

  bool operator==(const TensorSpec&) const = default;
};

// The named inputs and outputs of a model, in the graph's order. Names are unique on each side.
struct Signature {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;

  std::optional<std::size_t> FindInput(std::string_view name) const;
  std::optional<std::size_t> FindOutput(std::string_view name) const;

  // True if every required input and every output has a variable first dimension: rows of several
  // requests may then run together. An output whose shape the graph does not say counts as fixed.
  bool batchable() const;

  bool operator==(const Signature&) const = default;
};

}  // namespace moorage::model
