#pragma once

// What is known of an artifact, and its JSON document. Plain values.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/semver.h"
#include "foundation/model/signature.h"

namespace moorage::model {

enum class Task : std::uint8_t { kClassification, kRegression, kOther };

// What an output means.
enum class OutputRole : std::uint8_t {
  kLabel,          // the predicted class as integers or strings, [N] or [N,1]
  kProbabilities,  // [N, C], or a sequence of maps
  kLogits,         // [N, C] before softmax
  kProbability,    // [N] or [N,1], of one class; the outputs of this role are in label order
  kSigmoid,        // [N] or [N,1], the probability of the second label
  kScores,         // [N, C], decision scores; of two labels also [N] or [N,1], that of the second
  kValue,          // [N] or [N,1], the value of a regression
};

std::string_view Name(Task task);
std::string_view Name(OutputRole role);

// Class labels in output order, all integers or all strings. The empty list of integers means that
// there are none.
using Labels = std::variant<std::vector<std::int64_t>, std::vector<std::string>>;
std::size_t Count(const Labels& labels);
// The label as text, for tables, maps and metrics.
std::string LabelText(const Labels& labels, std::size_t index);

// One request with the answer that the model must give, replayed at every push.
struct GoldenRequest {
  json::Json features;              // one row, as `/predict` takes it
  json::Json prediction;            // number or string
  std::vector<double> probability;  // not compared if empty
  double tolerance = 1e-5;          // of probabilities and values, as rows::IsClose reads it

  bool operator==(const GoldenRequest&) const = default;
};

// What is known of an artifact. A plain value. It is part of the artifact, so it is as immutable as
// the model's bytes.
struct Manifest {
  Signature signature;
  Task task = Task::kOther;
  Labels labels;
  // Names of the features of one row, in order. Empty for inputs that rows cannot fill, and for
  // nested ones (rank > 2), whose elements have no names.
  std::vector<std::string> features;
  std::map<std::string, OutputRole> output_roles;  // by output name
  double sigmoid_threshold = 0.5;                  // in (0, 1)
  bool allow_missing = false;                      // JSON null becomes NaN
  // False if rows of different requests never share a run. Unset if trial runs decide.
  std::optional<bool> batchable;
  std::string training_date;              // ISO 8601 as given, or empty
  std::map<std::string, double> metrics;  // as the trainer reported them
  std::vector<GoldenRequest> golden;
  std::string description;
  std::string notes;
  std::map<std::string, std::string> tags;
  std::string producer;  // of the graph, for instance "skl2onnx 1.20"

  bool operator==(const Manifest&) const = default;
};

// The document that docs/formats/manifest.md describes. ToJson is canonical, so equal manifests
// give equal text. ManifestFromJson is strict. Unknown keys, wrong types, duplicate names and roles
// of missing outputs are kInvalid with their path. RowLayout::Make and PredictionReader::Make check
// whether signature and meaning fit each other.
json::Json ToJson(const Manifest& manifest);
base::Result<Manifest> ManifestFromJson(const json::Json& json);

json::Json ToJson(const Signature& signature);
base::Result<Signature> SignatureFromJson(const json::Json& json);

}  // namespace moorage::model
