#pragma once

// What a graph shows beside its signature. A plain value.

#include <map>
#include <string>

#include "foundation/model/output_origin.h"

namespace moorage::contract {

struct GraphFacts {
  std::map<std::string, std::string> metadata;         // its own key-value pairs
  std::string producer;                                // "skl2onnx 1.20.0"
  std::map<std::string, model::OutputOrigin> outputs;  // by name, of those that show anything

  // An origin that shows nothing, for an output without one.
  const model::OutputOrigin& OriginOf(const std::string& output) const {
    static const model::OutputOrigin kNothing;
    const auto found = outputs.find(output);
    return found == outputs.end() ? kNothing : found->second;
  }
};

}  // namespace moorage::contract
