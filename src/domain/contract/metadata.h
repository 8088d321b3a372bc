#pragma once

// The metadata file of a model. Plain values and pure functions.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/semver.h"

namespace moorage::contract {

// What a user states about a model, in `model.onnx.metadata` or as options of `moorage push`. A
// plain value. Everything is optional. What is absent is taken from the graph.
struct Metadata {
  std::optional<std::string> model_name;
  std::optional<model::SemVer> version;
  std::optional<std::string> training_date;
  std::optional<model::Task> task;
  std::optional<model::Labels> labels;
  std::optional<std::vector<std::string>> features;
  std::map<std::string, model::OutputRole> output_roles;
  std::optional<double> sigmoid_threshold;
  std::optional<bool> allow_missing;
  std::optional<bool> batchable;
  std::map<std::string, double> metrics;
  std::vector<model::GoldenRequest> golden;
  std::optional<std::string> reference;  // a CSV file beside the model
  std::optional<std::string> description;
  std::optional<std::string> notes;
  std::map<std::string, std::string> tags;
};

// Unknown keys, wrong types and contradictory values are errors that name the path.
base::Result<Metadata> MetadataFromJson(const json::Json& json);

// `over` wins where both have a value. Maps are merged key by key.
Metadata Merge(Metadata base, const Metadata& over);

}  // namespace moorage::contract
