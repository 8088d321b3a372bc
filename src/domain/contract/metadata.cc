#include "domain/contract/metadata.h"

#include "foundation/base/units.h"
#include "foundation/model/artifact.h"
#include "foundation/model/manifest_fields.h"
#include "foundation/model/names.h"

namespace moorage::contract {

namespace {

using base::Result;
using base::Status;

// Reads a member, if it is there, with the function that reads its type.
template <typename T, typename Read>
Status ReadOptional(const json::JsonReader& reader, std::string_view key, Read read,
                    std::optional<T>& place) {
  const auto member = reader.Find(key);
  if (!member) return {};
  ASSIGN_OR_RETURN(place, read(*member));
  return {};
}

template <typename T, typename Read>
Status ReadInto(const json::JsonReader& reader, std::string_view key, Read read, T& place) {
  const auto member = reader.Find(key);
  if (!member) return {};
  ASSIGN_OR_RETURN(place, read(*member));
  return {};
}

Result<std::string> ReadText(const json::JsonReader& reader) { return reader.String(); }
Result<bool> ReadBool(const json::JsonReader& reader) { return reader.Bool(); }

Result<std::string> ReadModelName(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(std::string text, reader.String());
  auto name = model::ParseModelName(text);
  if (!name.ok()) return reader.Problem(name.error().message);
  return text;
}

// "v1.2.3" is how people write tags, and is read as 1.2.3.
Result<model::SemVer> ReadVersion(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const std::string text, reader.String());
  auto version =
      model::SemVer::Parse(text.starts_with('v') ? std::string_view(text).substr(1) : text);
  if (!version.ok()) return reader.Problem(version.error().message);
  return version;
}

// A date or a time of ISO 8601. Without an offset it is taken as UTC.
Result<std::string> ReadDate(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(std::string text, reader.String());
  if (!base::ParseTime(text).ok()) {
    return reader.Problem("must be a date or a time of ISO 8601, as in 2026-01-27T01:08:12Z");
  }
  return text;
}

Result<std::string> ReadFileName(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(std::string text, reader.String());
  if (auto legal = model::CheckArtifactFileName(text); !legal.ok()) {
    return reader.Problem("must name a file beside the model: " + legal.error().message);
  }
  return text;
}

void MergeOptional(auto& base, const auto& over) {
  if (over) base = over;
}

void MergeMap(auto& base, const auto& over) {
  for (const auto& [key, value] : over) base.insert_or_assign(key, value);
}

}  // namespace

Result<Metadata> MetadataFromJson(const json::Json& json) {
  const json::JsonReader reader(json);
  RETURN_IF_ERROR(
      reader.OnlyMembers({"model_name", "version", "training_date", "task", "labels", "features",
                          "output_roles", "sigmoid_threshold", "allow_missing", "batchable",
                          "metrics", "golden", "reference", "description", "notes", "tags"}));
  Metadata metadata;
  RETURN_IF_ERROR(ReadOptional(reader, "model_name", ReadModelName, metadata.model_name));
  RETURN_IF_ERROR(ReadOptional(reader, "version", ReadVersion, metadata.version));
  RETURN_IF_ERROR(ReadOptional(reader, "training_date", ReadDate, metadata.training_date));
  RETURN_IF_ERROR(ReadOptional(reader, "task", model::ReadTask, metadata.task));
  RETURN_IF_ERROR(ReadOptional(reader, "labels", model::ReadLabels, metadata.labels));
  RETURN_IF_ERROR(ReadOptional(reader, "features", model::ReadFeatureNames, metadata.features));
  RETURN_IF_ERROR(ReadInto(reader, "output_roles", model::ReadOutputRoles, metadata.output_roles));
  RETURN_IF_ERROR(
      ReadOptional(reader, "sigmoid_threshold", model::ReadThreshold, metadata.sigmoid_threshold));
  RETURN_IF_ERROR(ReadOptional(reader, "allow_missing", ReadBool, metadata.allow_missing));
  RETURN_IF_ERROR(ReadOptional(reader, "batchable", ReadBool, metadata.batchable));
  RETURN_IF_ERROR(ReadInto(reader, "metrics", model::ReadMetrics, metadata.metrics));
  RETURN_IF_ERROR(ReadInto(reader, "golden", model::ReadGolden, metadata.golden));
  RETURN_IF_ERROR(ReadOptional(reader, "reference", ReadFileName, metadata.reference));
  RETURN_IF_ERROR(ReadOptional(reader, "description", ReadText, metadata.description));
  RETURN_IF_ERROR(ReadOptional(reader, "notes", ReadText, metadata.notes));
  RETURN_IF_ERROR(ReadInto(reader, "tags", model::ReadTags, metadata.tags));
  // An empty list is accepted, because metadata files of a regression have `"labels": []`
  // (examples/diabetes).
  if (metadata.task == model::Task::kRegression && metadata.labels &&
      model::Count(*metadata.labels) > 0) {
    return json::JsonReader(json, "labels").Problem("a regression has no labels");
  }
  return metadata;
}

Metadata Merge(Metadata base, const Metadata& over) {
  MergeOptional(base.model_name, over.model_name);
  MergeOptional(base.version, over.version);
  MergeOptional(base.training_date, over.training_date);
  MergeOptional(base.task, over.task);
  MergeOptional(base.labels, over.labels);
  MergeOptional(base.features, over.features);
  MergeMap(base.output_roles, over.output_roles);
  MergeOptional(base.sigmoid_threshold, over.sigmoid_threshold);
  MergeOptional(base.allow_missing, over.allow_missing);
  MergeOptional(base.batchable, over.batchable);
  MergeMap(base.metrics, over.metrics);
  // Golden requests have no keys to merge by, so the later list replaces the earlier.
  if (!over.golden.empty()) base.golden = over.golden;
  MergeOptional(base.reference, over.reference);
  MergeOptional(base.description, over.description);
  MergeOptional(base.notes, over.notes);
  MergeMap(base.tags, over.tags);
  return base;
}

}  // namespace moorage::contract
