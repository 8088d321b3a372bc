#pragma once

// Facts about a graph beside its signature.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "foundation/model/output_origin.h"

namespace moorage::runtime {

// What a graph declares beside its signature. A plain value.
struct GraphInfo {
  std::string producer;  // "skl2onnx 1.20.0"
  std::string graph_name;
  std::string domain;
  std::string description;
  std::int64_t version = 0;
  std::map<std::string, std::string> metadata;  // custom key-value pairs
  std::map<std::string, std::int64_t> opsets;   // by domain, of which the default is "ai.onnx"
  // What the nodes show of the outputs, by name. Outputs of which they show nothing are left out.
  std::map<std::string, model::OutputOrigin> outputs;
  // The types of the nodes, at any depth. At most 1,000 of them are kept.
  std::set<std::string> operators;
};

}  // namespace moorage::runtime
