#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/signature.h"

namespace moorage::contract {

// What the outputs of a graph mean, and the sentences that say why.
struct OutputReading {
  model::Task task = model::Task::kOther;
  std::map<std::string, model::OutputRole> roles;
  std::vector<std::string> notes;
};

// Reads the meaning of a graph's outputs from their names, types and shapes, by the conventions of
// the ONNX exporters: `label`/`output_label`, `probabilities`/`output_probability` or sequences of
// maps, `variable` for a regression's value, `logits`. `task` is what the user says of the model,
// if anything.
//
// Never guesses: where an output has several readings the answer is kInvalid, and its details name
// the metadata keys `task` and `output_roles` that decide. `rows` is the first dimension of the
// inputs (-1 = variable); an output that does not follow it answers no rows and has no reading.
base::Result<OutputReading> ReadOutputs(const model::Signature& signature,
                                        std::optional<model::Task> task, std::int64_t rows);

}  // namespace moorage::contract
