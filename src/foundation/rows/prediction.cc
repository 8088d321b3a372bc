#include "foundation/rows/prediction.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace moorage::rows {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// How far rounding inside a model may put a probability outside [0, 1]. Logits lie much farther.
constexpr double kProbabilitySlack = 1e-6;

Error OutputInvalid(const std::string& why) {
  Error error{Code::kInternal, "the model's answer is invalid: " + why};
  error.reason = "model_output_invalid";
  return error;
}

Error Misfit(const std::string& output, std::string_view why) {
  return Error{Code::kInvalid, "output_roles." + output + ": " + std::string(why)};
}

std::string Shortest(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

bool HasStrings(const model::Labels& labels) {
  return std::holds_alternative<std::vector<std::string>>(labels);
}

// [N] or [N,1], as far as the graph declares it.
bool MayBeColumn(const model::TensorSpec& spec) {
  if (spec.kind == model::ValueKind::kMapSequence) return false;
  if (!spec.has_shape) return true;
  return spec.shape.size() == 1 ||
         (spec.shape.size() == 2 && (spec.shape[1] == 1 || spec.shape[1] < 0));
}

// [N] or [N,1], as the graph declares it.
bool IsColumn(const model::TensorSpec& spec) {
  if (spec.kind == model::ValueKind::kMapSequence || !spec.has_shape) return false;
  return spec.shape.size() == 1 || (spec.shape.size() == 2 && spec.shape[1] == 1);
}

Status CheckLabelOutput(const model::TensorSpec& spec, const model::Labels& labels) {
  if (!MayBeColumn(spec))
    return Misfit(spec.name, "a label output must have the shape [N] or [N,1]");
  if (!model::IsInteger(spec.type) && spec.type != model::DataType::kBytes) {
    return Misfit(spec.name, "a label output must hold integers or strings");
  }
  if (spec.type == model::DataType::kBytes && !HasStrings(labels) && model::Count(labels) > 0) {
    return Misfit(spec.name, "the output holds strings, but 'labels' are integers");
  }
  return {};
}

Status CheckScoreOutput(const model::TensorSpec& spec, model::OutputRole role,
                        const model::Labels& labels) {
  const std::string role_name(model::Name(role));
  if (!model::IsFloating(spec.type)) {
    return Misfit(spec.name, "the role '" + role_name + "' needs floating-point numbers");
  }
  if (model::Count(labels) == 0) {
    return Misfit(spec.name, "the role '" + role_name + "' needs 'labels'");
  }
  if (role == model::OutputRole::kSigmoid) {
    if (!MayBeColumn(spec)) return Misfit(spec.name, "'sigmoid' must have the shape [N] or [N,1]");
    if (model::Count(labels) != 2) return Misfit(spec.name, "'sigmoid' needs exactly two labels");
    return {};
  }
  if (role == model::OutputRole::kProbability) {
    if (MayBeColumn(spec)) return {};
    return Misfit(spec.name, "'probability' must have the shape [N] or [N,1]");
  }
  // A binary classifier may give one decision score for two labels, and a column may be the score
  // of one class.
  if (role == model::OutputRole::kScores &&
      (IsColumn(spec) || (model::Count(labels) == 2 && MayBeColumn(spec)))) {
    return {};
  }
  if (!spec.has_shape || spec.kind == model::ValueKind::kMapSequence) return {};
  if (spec.shape.size() != 2) {
    return Misfit(spec.name, "'" + role_name + "' must have the shape [N,C]");
  }
  if (spec.shape[1] >= 0 && static_cast<std::size_t>(spec.shape[1]) != model::Count(labels)) {
    return Error{Code::kInvalid, "labels: there are " + std::to_string(model::Count(labels)) +
                                     ", but output '" + spec.name + "' has " +
                                     std::to_string(spec.shape[1]) + " columns"};
  }
  return {};
}

Status CheckValueOutput(const model::TensorSpec& spec) {
  if (!MayBeColumn(spec)) return Misfit(spec.name, "'value' must have the shape [N] or [N,1]");
  if (!model::IsFloating(spec.type) && !model::IsInteger(spec.type)) {
    return Misfit(spec.name, "'value' must hold numbers");
  }
  return {};
}

// Softmax. Subtracts the largest logit first, so that exp() does not overflow.
void SoftmaxInPlace(std::span<double> row) {
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) {
    value = std::exp(value - largest);
    sum += value;
  }
  for (double& value : row) value /= sum;
}

// An integer element exactly, where NumberAt would round.
std::int64_t IntegerAt(const model::TensorView& tensor, std::size_t index) {
  if (tensor.type == model::DataType::kInt64 || tensor.type == model::DataType::kUint64) {
    std::int64_t value = 0;
    std::memcpy(&value, tensor.bytes.data() + index * sizeof value, sizeof value);
    return value;
  }
  return static_cast<std::int64_t>(model::NumberAt(tensor, index));
}

// The tensor is a column ([N] or [N,1]) and has the row.
bool HasColumnRow(const model::TensorView& tensor, std::size_t row) {
  const bool column =
      tensor.shape.size() == 1 || (tensor.shape.size() == 2 && tensor.shape[1] == 1);
  return column && row < static_cast<std::size_t>(tensor.shape[0]) && row < tensor.elements();
}

Error WrongShape(const model::TensorView& tensor, std::size_t row, std::string_view wanted) {
  return OutputInvalid("an output of shape " + model::FormatShape(tensor.shape) + " has no row " +
                       std::to_string(row) + " of shape " + std::string(wanted));
}

}  // namespace

Result<PredictionReader> PredictionReader::Make(const model::Manifest& manifest) {
  if (manifest.task == model::Task::kOther) {
    return Error{Code::kUnsupported,
                 "this model's task is 'other', so it has no single prediction; ask POST "
                 "/api/v2/predict, which answers its named outputs"};
  }
  PredictionReader reader;
  reader.task_ = manifest.task;
  reader.labels_ = manifest.labels;
  reader.sigmoid_threshold_ = manifest.sigmoid_threshold;
  if (!(reader.sigmoid_threshold_ > 0 && reader.sigmoid_threshold_ < 1)) {
    return Error{Code::kInvalid, "sigmoid_threshold: must lie between 0 and 1"};
  }
  for (const auto& [output, role] : manifest.output_roles) {
    if (!manifest.signature.FindOutput(output))
      return Misfit(output, "the model has no such output");
  }
  const bool regression = manifest.task == model::Task::kRegression;
  for (std::size_t i = 0; i < manifest.signature.outputs.size(); ++i) {
    const model::TensorSpec& spec = manifest.signature.outputs[i];
    const auto found = manifest.output_roles.find(spec.name);
    // An output without a role is not part of a prediction, and Read() does not ask for it.
    if (found == manifest.output_roles.end()) continue;
    const model::OutputRole role = found->second;
    if (regression != (role == model::OutputRole::kValue)) {
      return Misfit(spec.name, "the role '" + std::string(model::Name(role)) +
                                   "' has no place in a " +
                                   std::string(model::Name(manifest.task)));
    }
    RETURN_IF_ERROR(reader.AddOutput(spec, role, i));
  }
  // The only column of decision scores is the score of the second of two labels.
  const std::size_t labels = model::Count(reader.labels_);
  if (reader.score_role_ == model::OutputRole::kScores && reader.columns_.size() == 1 &&
      labels == 2) {
    reader.columns_.clear();
  }
  if (!reader.columns_.empty() && reader.columns_.size() != labels) {
    return Error{Code::kInvalid, "labels: there are " + std::to_string(labels) + ", but " +
                                     std::to_string(reader.columns_.size()) +
                                     " outputs have the role '" +
                                     std::string(model::Name(reader.score_role_)) + "'"};
  }
  if (reader.needed_.empty()) {
    return Error{Code::kInvalid, "output_roles: no output says the " +
                                     std::string(regression ? "value" : "label or probabilities") +
                                     " of a " + std::string(model::Name(manifest.task))};
  }
  return reader;
}

Status PredictionReader::AddOutput(const model::TensorSpec& spec, model::OutputRole role,
                                   std::size_t output) {
  const std::size_t position = needed_.size();
  if (role == model::OutputRole::kLabel) {
    if (label_output_) return Misfit(spec.name, "another output has this role");
    RETURN_IF_ERROR(CheckLabelOutput(spec, labels_));
    label_output_ = position;
  } else {
    // The label has a place of its own. The kinds of scores and the value exclude each other, and
    // only columns of one class come several times.
    const bool column = role == model::OutputRole::kProbability ||
                        (role == model::OutputRole::kScores && IsColumn(spec));
    if (score_output_ && !(column && score_role_ == role && !columns_.empty())) {
      return Misfit(spec.name, "another output has this role, or one that contradicts it");
    }
    RETURN_IF_ERROR(role == model::OutputRole::kValue ? CheckValueOutput(spec)
                                                      : CheckScoreOutput(spec, role, labels_));
    score_role_ = role;
    if (role != model::OutputRole::kLogits) score_type_ = spec.type;
    if (!score_output_) score_output_ = position;
    if (column) columns_.push_back(position);
  }
  needed_.push_back(output);
  return {};
}

Result<Prediction> PredictionReader::Read(std::span<const model::TensorView> outputs,
                                          std::size_t row, Scratch& scratch) const {
  if (task_ == model::Task::kRegression) return ReadValue(outputs[*score_output_], row);
  Prediction prediction;
  std::optional<std::size_t> predicted;  // index of the label
  if (score_output_) {
    ASSIGN_OR_RETURN(predicted, ReadScores(outputs, row, scratch));
    auto& numbers =
        score_role_ == model::OutputRole::kScores ? prediction.scores : prediction.probabilities;
    numbers = scratch.scores;
  }
  if (label_output_) {
    // The model's own label wins over the largest score, because its threshold may differ.
    ASSIGN_OR_RETURN(predicted, ReadLabel(outputs[*label_output_], row, prediction));
  } else {
    SetLabel(*predicted, prediction);
  }
  if (predicted && !prediction.probabilities.empty()) {
    prediction.confidence = prediction.probabilities[*predicted];
  }
  return prediction;
}

Result<Prediction> PredictionReader::ReadValue(const model::TensorView& tensor, std::size_t row) {
  if (!HasColumnRow(tensor, row)) return WrongShape(tensor, row, "[1]");
  const double value = model::NumberAt(tensor, row);
  if (!std::isfinite(value)) {
    return OutputInvalid("the value is " + Shortest(value) + ", which is not a finite number");
  }
  Prediction prediction;
  prediction.value = value;
  return prediction;
}

Result<std::size_t> PredictionReader::ReadScores(std::span<const model::TensorView> outputs,
                                                 std::size_t row, Scratch& scratch) const {
  const std::size_t classes = model::Count(labels_);
  scratch.scores.resize(classes);
  const std::span<double> scores = scratch.scores;
  RETURN_IF_ERROR(FillScores(outputs, row, scores));
  // Before the comparisons below, which a NaN would pass.
  for (std::size_t i = 0; i < classes; ++i) {
    // A score from 0 to 1 is right in every role, which saves the call for most.
    if (scores[i] >= 0 && scores[i] <= 1) continue;
    RETURN_IF_ERROR(CheckScore(scores[i], i));
  }
  if (score_role_ == model::OutputRole::kSigmoid) {
    return scores[1] >= sigmoid_threshold_ ? std::size_t{1} : std::size_t{0};
  }
  if (score_role_ == model::OutputRole::kLogits) SoftmaxInPlace(scores);
  // std::max_element gives the first of equals.
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

Status PredictionReader::FillScores(std::span<const model::TensorView> outputs, std::size_t row,
                                    std::span<double> scores) const {
  const model::TensorView& tensor = outputs[*score_output_];
  if (!model::IsFloating(tensor.type))
    return OutputInvalid("scores are not floating-point numbers");
  if (score_role_ == model::OutputRole::kSigmoid) {
    if (!HasColumnRow(tensor, row)) return WrongShape(tensor, row, "[1]");
    scores[1] = model::NumberAt(tensor, row);
    scores[0] = 1.0 - scores[1];
    return {};
  }
  if (!columns_.empty()) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const model::TensorView& column = outputs[columns_[i]];
      if (!HasColumnRow(column, row)) return WrongShape(column, row, "[1]");
      scores[i] = model::NumberAt(column, row);
    }
    return {};
  }
  if (score_role_ == model::OutputRole::kScores && scores.size() == 2 &&
      HasColumnRow(tensor, row)) {
    scores[1] = model::NumberAt(tensor, row);
    scores[0] = -scores[1];
    return {};
  }
  // Checked at each run, because a graph may leave its number of columns open. Make() has refused
  // scores without labels, so `scores` is not empty.
  if (tensor.shape.size() != 2 || tensor.shape[1] != static_cast<std::int64_t>(scores.size()) ||
      row >= tensor.elements() / scores.size()) {
    return WrongShape(tensor, row, "[" + std::to_string(scores.size()) + "]");
  }
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = model::NumberAt(tensor, row * scores.size() + i);
  }
  return {};
}

Status PredictionReader::CheckScore(double& score, std::size_t index) const {
  if (!std::isfinite(score)) {
    return OutputInvalid("the score of label " + model::LabelText(labels_, index) + " is " +
                         Shortest(score) + ", which is not a finite number");
  }
  if (score_role_ == model::OutputRole::kLogits || score_role_ == model::OutputRole::kScores) {
    return {};
  }
  if (score < -kProbabilitySlack || score > 1 + kProbabilitySlack) {
    return OutputInvalid("the probability of label " + model::LabelText(labels_, index) + " is " +
                         Shortest(score) +
                         ", outside 0 to 1; the role of its output must be another, or none "
                         "where the label is enough");
  }
  score = std::clamp(score, 0.0, 1.0);
  return {};
}

Result<std::optional<std::size_t>> PredictionReader::ReadLabel(const model::TensorView& tensor,
                                                               std::size_t row,
                                                               Prediction& prediction) const {
  if (!HasColumnRow(tensor, row)) return WrongShape(tensor, row, "[1]");
  const std::size_t count = model::Count(labels_);
  if (tensor.type == model::DataType::kBytes) {
    prediction.text = tensor.strings[row];
    // Without labels in the manifest the text passes, and there is no confidence to look up.
    if (count == 0) return std::optional<std::size_t>();
    const auto* texts = std::get_if<std::vector<std::string>>(&labels_);
    if (texts != nullptr) {
      const auto found = std::find(texts->begin(), texts->end(), *prediction.text);
      if (found != texts->end()) {
        return std::optional<std::size_t>(static_cast<std::size_t>(found - texts->begin()));
      }
    }
    return OutputInvalid("the label '" + std::string(*prediction.text) +
                         "' is not one of the model's labels");
  }
  if (!model::IsInteger(tensor.type))
    return OutputInvalid("labels are neither integers nor strings");
  const std::int64_t label = IntegerAt(tensor, row);
  if (count == 0) {
    prediction.integer = label;
    return std::optional<std::size_t>();
  }
  const auto index = IndexOf(label);
  if (!index) {
    return OutputInvalid("the label " + std::to_string(label) +
                         " is not one of the model's labels");
  }
  SetLabel(*index, prediction);
  return index;
}

std::optional<std::size_t> PredictionReader::IndexOf(std::int64_t label) const {
  const auto position = static_cast<std::size_t>(label);  // huge if negative
  const auto* integers = std::get_if<std::vector<std::int64_t>>(&labels_);
  // Labels are names, so the model answers positions in their list.
  if (integers == nullptr) {
    return position < model::Count(labels_) ? std::optional(position) : std::nullopt;
  }
  // Most models count their labels from 0, which saves the search.
  if (position < integers->size() && (*integers)[position] == label) return position;
  const auto found = std::find(integers->begin(), integers->end(), label);
  if (found == integers->end()) return std::nullopt;
  return static_cast<std::size_t>(found - integers->begin());
}

void PredictionReader::SetLabel(std::size_t index, Prediction& prediction) const {
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&labels_)) {
    prediction.integer = (*integers)[index];
  } else {
    prediction.text = std::get<std::vector<std::string>>(labels_)[index];
  }
}

}  // namespace moorage::rows
