#include "foundation/model/manifest_fields.h"

#include <array>
#include <set>
#include <utility>

namespace moorage::model {

namespace {

using base::Result;

constexpr std::array kTasks = {Task::kClassification, Task::kRegression, Task::kOther};
constexpr std::array kRoles = {
    OutputRole::kLabel,   OutputRole::kProbabilities, OutputRole::kLogits, OutputRole::kProbability,
    OutputRole::kSigmoid, OutputRole::kScores,        OutputRole::kValue};

Result<OutputRole> ReadRole(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const std::string name, reader.String());
  for (const OutputRole role : kRoles) {
    if (Name(role) == name) return role;
  }
  return reader.Problem(
      "must be label, probabilities, probability, logits, sigmoid, scores or value");
}

Result<std::vector<std::int64_t>> ReadIntegerLabels(const std::vector<json::JsonReader>& items) {
  std::vector<std::int64_t> labels;
  std::set<std::int64_t> seen;
  for (const json::JsonReader& item : items) {
    if (!item.value().is_number_integer()) {
      return item.Problem("must be an integer, as the first label is");
    }
    ASSIGN_OR_RETURN(const std::int64_t label, item.Integer());
    if (!seen.insert(label).second) return item.Problem("this label is in the list already");
    labels.push_back(label);
  }
  return labels;
}

// Texts of which none is empty and none comes twice.
Result<std::vector<std::string>> ReadUniqueTexts(const std::vector<json::JsonReader>& items,
                                                 std::string_view what) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (const json::JsonReader& item : items) {
    ASSIGN_OR_RETURN(std::string text, item.String());
    if (text.empty()) return item.Problem("must not be empty");
    if (!seen.insert(text).second) {
      return item.Problem("this " + std::string(what) + " is in the list already");
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<GoldenRequest> ReadGoldenRequest(const json::JsonReader& reader) {
  RETURN_IF_ERROR(reader.OnlyMembers({"features", "prediction", "probability", "tolerance"}));
  GoldenRequest golden;
  ASSIGN_OR_RETURN(const json::JsonReader features, reader.Member("features"));
  if (!features.value().is_array() && !features.value().is_object()) {
    return features.Problem("must be one row: an array, or an object by feature name");
  }
  golden.features = features.value();
  ASSIGN_OR_RETURN(const json::JsonReader prediction, reader.Member("prediction"));
  if (!prediction.value().is_number() && !prediction.value().is_string()) {
    return prediction.Problem("must be a number or a string");
  }
  golden.prediction = prediction.value();
  if (const auto probability = reader.Find("probability")) {
    ASSIGN_OR_RETURN(const std::vector<json::JsonReader> items, probability->Items());
    for (const json::JsonReader& item : items) {
      ASSIGN_OR_RETURN(const double value, item.Number());
      if (value < 0 || value > 1) return item.Problem("must be from 0 to 1");
      golden.probability.push_back(value);
    }
  }
  if (const auto tolerance = reader.Find("tolerance")) {
    ASSIGN_OR_RETURN(golden.tolerance, tolerance->Number());
    if (golden.tolerance < 0) return tolerance->Problem("must not be negative");
  }
  return golden;
}

}  // namespace

Result<Task> ReadTask(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const std::string name, reader.String());
  for (const Task task : kTasks) {
    if (Name(task) == name) return task;
  }
  return reader.Problem("must be classification, regression or other");
}

Result<Labels> ReadLabels(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> items, reader.Items());
  // The first label decides the type of all. No labels are the empty list of integers.
  if (items.empty() || items.front().value().is_number_integer()) {
    ASSIGN_OR_RETURN(std::vector<std::int64_t> integers, ReadIntegerLabels(items));
    return Labels(std::move(integers));
  }
  if (!items.front().value().is_string()) {
    return items.front().Problem("labels must be integers or strings");
  }
  ASSIGN_OR_RETURN(std::vector<std::string> texts, ReadUniqueTexts(items, "label"));
  return Labels(std::move(texts));
}

Result<std::vector<std::string>> ReadFeatureNames(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> items, reader.Items());
  return ReadUniqueTexts(items, "feature");
}

Result<std::map<std::string, OutputRole>> ReadOutputRoles(const json::JsonReader& reader) {
  std::map<std::string, OutputRole> roles;
  ASSIGN_OR_RETURN(const auto members, reader.Members());
  for (const auto& [output, value] : members) {
    ASSIGN_OR_RETURN(const OutputRole role, ReadRole(value));
    roles.emplace(output, role);
  }
  return roles;
}

Result<double> ReadThreshold(const json::JsonReader& reader) {
  ASSIGN_OR_RETURN(const double threshold, reader.Number());
  if (threshold > 0 && threshold < 1) return threshold;
  return reader.Problem("must lie between 0 and 1");
}

Result<std::map<std::string, double>> ReadMetrics(const json::JsonReader& reader) {
  std::map<std::string, double> metrics;
  ASSIGN_OR_RETURN(const auto members, reader.Members());
  for (const auto& [name, value] : members) {
    ASSIGN_OR_RETURN(const double number, value.Number());
    metrics.emplace(name, number);
  }
  return metrics;
}

Result<std::map<std::string, std::string>> ReadTags(const json::JsonReader& reader) {
  std::map<std::string, std::string> tags;
  ASSIGN_OR_RETURN(const auto members, reader.Members());
  for (const auto& [key, value] : members) {
    ASSIGN_OR_RETURN(std::string text, value.String());
    tags.emplace(key, std::move(text));
  }
  return tags;
}

Result<std::vector<GoldenRequest>> ReadGolden(const json::JsonReader& reader) {
  std::vector<GoldenRequest> golden;
  ASSIGN_OR_RETURN(const std::vector<json::JsonReader> items, reader.Items());
  for (const json::JsonReader& item : items) {
    ASSIGN_OR_RETURN(GoldenRequest request, ReadGoldenRequest(item));
    golden.push_back(std::move(request));
  }
  return golden;
}

}  // namespace moorage::model
