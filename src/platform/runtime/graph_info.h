#pragma once

// Facts about a graph beside its signature.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "foundation/model/manifest.h"

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
  // The class labels of a classifier or ZipMap node, in the order of the columns of the
  // probabilities. Absent if there is no such node.
  std::optional<model::Labels> labels;
  // The types of the nodes, at any depth. At most 1,000 of them are kept.
  std::set<std::string> operators;
};

}  // namespace moorage::runtime
