#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "foundation/model/manifest.h"

namespace moorage::runtime {

// What a graph says of itself beside its signature.
struct GraphInfo {
  std::string producer;  // "skl2onnx 1.20.0"
  std::string graph_name;
  std::string domain;
  std::string description;
  std::int64_t version = 0;
  std::map<std::string, std::string> metadata;  // custom key-value pairs
  std::map<std::string, std::int64_t> opsets;   // by domain; the default one is "ai.onnx"
  // The class labels that a classifier or ZipMap node of the graph carries, in the order of the
  // columns of the probabilities; absent if there is none.
  std::optional<model::Labels> labels;
};

}  // namespace moorage::runtime
