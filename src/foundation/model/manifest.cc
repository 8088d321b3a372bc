#include "foundation/model/manifest.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "foundation/model/manifest_fields.h"

namespace moorage::model {

namespace {

using base::Result;
using base::Status;

constexpr std::int64_t kFormat = 1;

json::Json SpecToJson(const TensorSpec& spec) {
  json::Json json = json::Json::object();
  json["name"] = spec.name;
  json["datatype"] = std::string(Name(spec.type));
  json["shape"] = spec.has_shape ? json::Json(spec.shape) : json::Json(nullptr);
  // Written only where it is true, because equal manifests have equal bytes.
  if (spec.optional) json["optional"] = true;
  if (spec.kind == ValueKind::kMapSequence) json["map_keys"] = std::string(Name(spec.key_type));
  return json;
}

Result<DataType> ReadDataType(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const std::string name, reader.String());
  if (const auto type = ParseDataType(name)) return *type;
  return reader.Problem("must be a datatype of the Open Inference Protocol, for instance FP32");
}

Result<Shape> ReadShape(const json::JsonReader& reader) {
  Shape shape;
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> sizes, reader.Items());
  for (const json::JsonReader& size : sizes) {
    ASSIGN_OR_RETURN(const std::int64_t value, size.Integer(-1, INT64_MAX));
    shape.push_back(value);
  }
  return shape;
}

Result<TensorSpec> ReadSpec(const json::JsonReader& reader) {
  RETURN_IF_ERROR(reader.OnlyMembers({"name", "datatype", "shape", "optional", "map_keys"}));
  TensorSpec spec;
  ASSIGN_OR_RETURN(const json::JsonReader name, reader.Member("name"));
  ASSIGN_OR_RETURN(spec.name, name.String());
  ASSIGN_OR_RETURN(const json::JsonReader type, reader.Member("datatype"));
  ASSIGN_OR_RETURN(spec.type, ReadDataType(type));
  ASSIGN_OR_RETURN(const json::JsonReader shape, reader.Member("shape"));
  spec.has_shape = !shape.value().is_null();
  if (spec.has_shape) {
    ASSIGN_OR_RETURN(spec.shape, ReadShape(shape));
  }
  if (const auto optional = reader.Find("optional")) {
    ASSIGN_OR_RETURN(spec.optional, optional->Bool());
  }
  // A sequence of maps differs from a tensor by this member alone.
  if (const auto keys = reader.Find("map_keys")) {
    spec.kind = ValueKind::kMapSequence;
    ASSIGN_OR_RETURN(spec.key_type, ReadDataType(*keys));
    if (spec.key_type != DataType::kInt64 && spec.key_type != DataType::kBytes) {
      return keys->Problem("must be INT64 or BYTES");
    }
  }
  return spec;
}

Result<std::vector<TensorSpec>> ReadSpecs(const json::JsonReader& reader) {
  std::vector<TensorSpec> specs;
  std::set<std::string> names;
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> items, reader.Items());
  for (const json::JsonReader& item : items) {
    ASSIGN_OR_RETURN(TensorSpec spec, ReadSpec(item));
    if (!names.insert(spec.name).second) return item.Problem("the name is taken");
    specs.push_back(std::move(spec));
  }
  return specs;
}

Result<Signature> ReadSignature(const json::JsonReader& reader) {
  RETURN_IF_ERROR(reader.OnlyMembers({"inputs", "outputs"}));
  Signature signature;
  ASSIGN_OR_RETURN(const json::JsonReader inputs, reader.Member("inputs"));
  ASSIGN_OR_RETURN(signature.inputs, ReadSpecs(inputs));
  ASSIGN_OR_RETURN(const json::JsonReader outputs, reader.Member("outputs"));
  ASSIGN_OR_RETURN(signature.outputs, ReadSpecs(outputs));
  return signature;
}

json::Json GoldenToJson(const GoldenRequest& golden) {
  json::Json json = json::Json::object();
  json["features"] = golden.features;
  json["prediction"] = golden.prediction;
  if (!golden.probability.empty()) json["probability"] = golden.probability;
  json["tolerance"] = golden.tolerance;
  return json;
}

Status ReadTexts(const json::JsonReader& reader, Manifest& manifest) {
  const std::pair<const char*, std::string*> texts[] = {{"training_date", &manifest.training_date},
                                                        {"description", &manifest.description},
                                                        {"notes", &manifest.notes},
                                                        {"producer", &manifest.producer}};
  for (const auto& [key, text] : texts) {
    if (const auto member = reader.Find(key)) {
      ASSIGN_OR_RETURN(*text, member->String());
    }
  }
  return {};
}

Status ReadMeaning(const json::JsonReader& reader, Manifest& manifest) {
  ASSIGN_OR_RETURN(const json::JsonReader task, reader.Member("task"));
  ASSIGN_OR_RETURN(manifest.task, ReadTask(task));
  if (const auto labels = reader.Find("labels")) {
    ASSIGN_OR_RETURN(manifest.labels, ReadLabels(*labels));
  }
  if (const auto features = reader.Find("features")) {
    ASSIGN_OR_RETURN(manifest.features, ReadFeatureNames(*features));
  }
  if (const auto roles = reader.Find("output_roles")) {
    ASSIGN_OR_RETURN(manifest.output_roles, ReadOutputRoles(*roles));
    for (const auto& [output, role] : manifest.output_roles) {
      if (!manifest.signature.FindOutput(output)) {
        return roles->Problem("'" + output + "' is not an output of the signature");
      }
    }
  }
  if (const auto threshold = reader.Find("sigmoid_threshold")) {
    ASSIGN_OR_RETURN(manifest.sigmoid_threshold, ReadThreshold(*threshold));
  }
  if (const auto missing = reader.Find("allow_missing")) {
    ASSIGN_OR_RETURN(manifest.allow_missing, missing->Bool());
  }
  if (const auto batchable = reader.Find("batchable")) {
    ASSIGN_OR_RETURN(manifest.batchable, batchable->Bool());
  }
  return {};
}

Status ReadRecords(const json::JsonReader& reader, Manifest& manifest) {
  if (const auto metrics = reader.Find("metrics")) {
    ASSIGN_OR_RETURN(manifest.metrics, ReadMetrics(*metrics));
  }
  if (const auto golden = reader.Find("golden")) {
    ASSIGN_OR_RETURN(manifest.golden, ReadGolden(*golden));
  }
  if (const auto tags = reader.Find("tags")) {
    ASSIGN_OR_RETURN(manifest.tags, ReadTags(*tags));
  }
  return {};
}

}  // namespace

std::string_view Name(Task task) {
  switch (task) {
    case Task::kClassification:
      return "classification";
    case Task::kRegression:
      return "regression";
    case Task::kOther:
      return "other";
  }
  return "other";
}

std::string_view Name(OutputRole role) {
  switch (role) {
    case OutputRole::kLabel:
      return "label";
    case OutputRole::kProbabilities:
      return "probabilities";
    case OutputRole::kLogits:
      return "logits";
    case OutputRole::kProbability:
      return "probability";
    case OutputRole::kSigmoid:
      return "sigmoid";
    case OutputRole::kScores:
      return "scores";
    case OutputRole::kValue:
      return "value";
  }
  return "value";
}

std::size_t Count(const Labels& labels) {
  return std::visit([](const auto& list) { return list.size(); }, labels);
}

std::string LabelText(const Labels& labels, std::size_t index) {
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&labels)) {
    return std::to_string((*integers)[index]);
  }
  return std::get<std::vector<std::string>>(labels)[index];
}

json::Json ToJson(const Signature& signature) {
  json::Json json = json::Json::object();
  json["inputs"] = json::Json::array();
  json["outputs"] = json::Json::array();
  for (const TensorSpec& spec : signature.inputs) json["inputs"].push_back(SpecToJson(spec));
  for (const TensorSpec& spec : signature.outputs) json["outputs"].push_back(SpecToJson(spec));
  return json;
}

Result<Signature> SignatureFromJson(const json::Json& json) {
  return ReadSignature(json::JsonReader(json));
}

json::Json ToJson(const Manifest& manifest) {
  json::Json json = json::Json::object();
  json["format"] = kFormat;
  json["task"] = std::string(Name(manifest.task));
  json["labels"] = std::visit(
      [](const auto& list) { return list.empty() ? json::Json::array() : json::Json(list); },
      manifest.labels);
  json["features"] = manifest.features;
  json["output_roles"] = json::Json::object();
  for (const auto& [output, role] : manifest.output_roles) {
    json["output_roles"][output] = std::string(Name(role));
  }
  json["sigmoid_threshold"] = manifest.sigmoid_threshold;
  json["allow_missing"] = manifest.allow_missing;
  // Absent unless it was told, so that the digest of an older artifact stays.
  if (manifest.batchable) json["batchable"] = *manifest.batchable;
  json["training_date"] = manifest.training_date;
  json["metrics"] = json::Json::object();
  for (const auto& [name, value] : manifest.metrics) json["metrics"][name] = value;
  json["golden"] = json::Json::array();
  for (const GoldenRequest& golden : manifest.golden)
    json["golden"].push_back(GoldenToJson(golden));
  json["description"] = manifest.description;
  json["notes"] = manifest.notes;
  json["tags"] = json::Json::object();
  for (const auto& [key, value] : manifest.tags) json["tags"][key] = value;
  json["producer"] = manifest.producer;
  json["signature"] = ToJson(manifest.signature);
  return json;
}

Result<Manifest> ManifestFromJson(const json::Json& json) {
  const json::JsonReader reader(json);
  RETURN_IF_ERROR(reader.OnlyMembers({"format", "task", "labels", "features", "output_roles",
                                      "sigmoid_threshold", "allow_missing", "batchable",
                                      "training_date", "metrics", "golden", "description", "notes",
                                      "tags", "producer", "signature"}));
  ASSIGN_OR_RETURN(const json::JsonReader format, reader.Member("format"));
  RETURN_IF_ERROR(format.Integer(kFormat, kFormat));
  Manifest manifest;
  // The signature comes first, because ReadMeaning() looks up outputs in it.
  ASSIGN_OR_RETURN(const json::JsonReader signature, reader.Member("signature"));
  ASSIGN_OR_RETURN(manifest.signature, ReadSignature(signature));
  RETURN_IF_ERROR(ReadMeaning(reader, manifest));
  RETURN_IF_ERROR(ReadRecords(reader, manifest));
  RETURN_IF_ERROR(ReadTexts(reader, manifest));
  return manifest;
}

}  // namespace moorage::model
