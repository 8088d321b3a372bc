#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/semver.h"

namespace moorage::contract {

// What a user says about a model when it is handed over: `model.onnx.metadata`, or the options of
// `moorage push`. Everything is optional; what is absent is taken from the graph.
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
  std::map<std::string, double> metrics;
  std::vector<model::GoldenRequest> golden;
  std::optional<std::string> reference;  // a CSV file beside the model
  std::optional<std::string> description;
  std::optional<std::string> notes;
  std::map<std::string, std::string> tags;
};

// Unknown keys, wrong types and contradictory values are errors that name the path.
base::Result<Metadata> MetadataFromJson(const json::Json& json);

// `over` wins where both speak; maps are merged key by key.
Metadata Merge(Metadata base, const Metadata& over);

// A manifest and the sentences that say what was inferred rather than told ("task: classification,
// because the graph has an integer output 'label'").
struct Inferred {
  model::Manifest manifest;
  std::vector<std::string> notes;
};

// Builds the manifest of a graph. Pure. Refuses to guess: where two readings are possible the error
// names the metadata key or option that decides. `graph_metadata` is the model's own key-value map.
base::Result<Inferred> InferManifest(const model::Signature& signature, const Metadata& metadata,
                                     const std::map<std::string, std::string>& graph_metadata,
                                     const std::string& producer);

}  // namespace moorage::contract
