#pragma once

// Finds out what the outputs of a graph mean. Pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/contract/graph_facts.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/signature.h"

namespace moorage::contract {

// What the outputs of a graph mean, and one sentence for each that explains why.
struct OutputReading {
  model::Task task = model::Task::kOther;
  std::map<std::string, model::OutputRole> roles;
  std::vector<std::string> notes;
};

// What is known before the outputs are read. Views into what the caller owns.
struct OutputQuestion {
  const model::Signature& signature;
  const GraphFacts& graph;
  std::optional<model::Task> task;             // what the user states
  const std::optional<model::Labels>& labels;  // what the user states
  std::int64_t rows = -1;  // the first dimension of the inputs, -1 if it is variable
};

// Reads the meaning of a graph's outputs from their names, types and shapes, by the conventions of
// the ONNX exporters, and from the nodes that make them. Pure.
// - `label` or `output_label` is the label.
// - `probabilities`, `output_probability` or a sequence of maps is the probabilities, or decision
//   scores where the graph shows that they are.
// - `i1`, `i2` or `sno` beside the labels 1, 2 or "no" is the probability of one class.
// - `variable` is the value of a regression, `logits` are logits.
//
// Never guesses. An output with several readings is kInvalid, and the details name the metadata
// keys `task` and `output_roles` that decide. An output whose first dimension is not that of the
// inputs has no reading. A label output with several columns ends the reading, because the model
// gives several labels for each row. Its task is then `other`.
base::Result<OutputReading> ReadOutputs(const OutputQuestion& question);

}  // namespace moorage::contract
