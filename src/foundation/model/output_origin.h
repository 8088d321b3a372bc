#pragma once

// What the nodes of a graph show of one of its outputs. A plain value.

#include <cstdint>
#include <optional>
#include <string>

#include "foundation/model/manifest.h"

namespace moorage::model {

// What the numbers of an output are, as far as the node that makes them shows it.
enum class ScoreKind : std::uint8_t {
  kUnknown,
  kProbabilities,  // a softmax, a sigmoid, or a classifier that ends in one
  kDecision,       // decision scores: the distance from a plane, or votes
};

// An output is followed back to the node that decides what it holds. Nodes that only copy, cast or
// reshape are passed over.
struct OutputOrigin {
  // The values that a label output can have, in the order of the scores that it is chosen from. Of
  // scores the classes of their columns. Absent if the graph does not show them.
  std::optional<Labels> labels;
  // The output is a position among the columns of the scores, as ArgMax makes it.
  bool positions = false;
  ScoreKind scores = ScoreKind::kUnknown;
  std::string node;  // the type of the node, for instance "LinearClassifier"

  bool operator==(const OutputOrigin&) const = default;
};

}  // namespace moorage::model
