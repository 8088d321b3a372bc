#pragma once

// Finds out what the outputs of a graph mean. Pure functions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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

// Reads the meaning of a graph's outputs from their names, types and shapes, by the conventions of
// the ONNX exporters. Pure.
// - `label` or `output_label` is the label.
// - `probabilities`, `output_probability` or a sequence of maps is the probabilities.
// - `variable` is the value of a regression, `logits` are logits.
//
// `task` is what the user states about the model, if anything.
//
// Never guesses. An output with several readings is kInvalid, and the details name the metadata
// keys `task` and `output_roles` that decide. `rows` is the first dimension of the inputs, -1 if it
// is variable. An output with another first dimension has no reading.
base::Result<OutputReading> ReadOutputs(const model::Signature& signature,
                                        std::optional<model::Task> task, std::int64_t rows);

}  // namespace moorage::contract
